using Difusor.Agent.Publication;

namespace Difusor.Agent.Sentinel;

/// <summary>What one root must serve.</summary>
/// <param name="Folder">Its absolute path: <c>public/</c> or <c>rehearsal/</c>.</param>
/// <param name="Live">The release that <c>current</c> leads to; null means the notice page.</param>
/// <param name="Trees">The releases in it, including the live one.</param>
/// <param name="Notice">What <c>notice/</c> must hold; null means that anything is allowed.</param>
public sealed record ExpectedRoot(
    Root Root, string Folder, ReleaseId? Live, ImmutableDictionary<ReleaseId, SealedTree> Trees,
    SealedTree? Notice = null)
{
    public const string NoticeFolder = "notice";

    /// <summary>Gets the target that <c>current</c> must have.</summary>
    public string LinkTarget => Live is { } id ? $"releases/{id.Value}" : NoticeFolder;

    /// <summary>
    /// Gets what readers must be served: the live release, or the notice page. Null if anything is allowed.
    /// </summary>
    public SealedTree? Served => Live is { } id ? Trees[id] : Notice;

    /// <summary>
    /// Gets what a cache may still have of what was served before: the other releases, and the notice page.
    /// </summary>
    public IEnumerable<SealedTree> ServedBefore => Trees.Values.Append(Notice).OfType<SealedTree>()
        .Where(tree => tree != Served);

    /// <summary>
    /// Gets what <c>current.map</c> must say, apart from white space (contract, section 4); empty if no release is
    /// live.
    /// </summary>
    public string MapLine => Live is { } id ? $"release {id.Value}" : "";

    /// <summary>Returns a difference in the notice page as a difference of its root.</summary>
    public static Alteration OfNotice(Alteration inNotice) =>
        inNotice with { Release = null,
            Path = inNotice.Path == "." ? NoticeFolder : $"{NoticeFolder}/{inNotice.Path}" };

    /// <summary>Returns the notice page as a tree of one file.</summary>
    /// <param name="owner">The uid of the agent.</param>
    public static SealedTree NoticeTree(Root root, byte[] page, uint owner) => new(
        new ReleaseRecord(
            new Release(default, 0, NoticeFolder, default, null, "", 1, page.Length, root, false, 0, default, []),
            [new ReleaseFile(RelativePath.Own("index.html"), page.Length, Digest.Sha256(page), 0)]),
        root, owner);

    /// <summary>Returns what is wrong with <c>current</c>; null if nothing is.</summary>
    /// <param name="target">The target of the link; null if it is not a symbolic link, or does not exist.</param>
    /// <param name="detail">What was found instead of a link.</param>
    public Alteration? Link(string? target, string detail) =>
        target == LinkTarget ? null
        : new Alteration(
            Root, null, AlterationKind.Link, "current", null, null,
            target is null ? detail : $"leads to {target} in place of {LinkTarget}");

    /// <summary>Returns what is wrong with <c>current.map</c>; null if nothing is.</summary>
    /// <param name="text">The whole text, or its beginning; null if it cannot be read.</param>
    public Alteration? Map(string? text, string detail)
    {
        if (text is null) return new Alteration(Root, null, AlterationKind.Map, "current.map", null, null, detail);
        return text.TrimEnd() == MapLine ? null
            : new Alteration(
                Root, null, AlterationKind.Map, "current.map", null, null,
                $"does not say '{MapLine}' and nothing else");
    }

    /// <summary>
    /// Returns the mounts that hide what is published: there must be none at or below the root's own folder.
    /// </summary>
    /// <param name="mountPoints">All mount points that the agent sees, as <c>/proc/self/mountinfo</c> lists
    /// them.</param>
    public IEnumerable<Alteration> Mounts(IEnumerable<string> mountPoints)
    {
        foreach (var point in mountPoints)
        {
            if (point != Folder && !point.StartsWith(Folder + "/", StringComparison.Ordinal)) continue;
            var path = point.Length == Folder.Length ? "." : point[(Folder.Length + 1)..];
            var release = path.Split('/') is ["releases", var id, ..] ? ReleaseId.Read(id) : null;
            yield return new Alteration(
                Root, release, AlterationKind.Mount, path, null, null,
                "a file system is mounted here; it hides what was published");
        }
    }
}

/// <summary>
/// Everything that must be true of what is published, as the agent loop last said. It is replaced as a whole at each
/// publication.
/// </summary>
public sealed record Expectation(ImmutableArray<ExpectedRoot> Roots)
{
    public static Expectation Nothing { get; } = new([]);

    public ExpectedRoot? Of(Root root) => Roots.FirstOrDefault(known => known.Root == root);
}
