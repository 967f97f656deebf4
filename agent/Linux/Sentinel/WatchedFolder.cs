namespace Difusor.Agent.Linux.Sentinel;

/// <summary>What a watched folder is for the sentinel: a folder of a release's tree, or one above all trees.</summary>
/// <param name="Release">Null: the root itself, its <c>releases/</c> or <c>notice/</c>, or the folder above the
/// root.</param>
/// <param name="Path">Raw bytes below the release's tree or below the root; empty for the tree's or the root's own
/// folder; null for the folder above the root.</param>
readonly record struct WatchedFolder(Root Root, ReleaseId? Release, byte[]? Path)
{
    /// <summary>Compares paths by content, so that watching a folder again is nothing new.</summary>
    public bool Equals(WatchedFolder other) =>
        Root == other.Root && Release == other.Release && (Path is null) == (other.Path is null)
            && Path.AsSpan().SequenceEqual(other.Path);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Root);
        hash.Add(Release);
        hash.AddBytes(Path);
        return hash.ToHashCode();
    }
}
