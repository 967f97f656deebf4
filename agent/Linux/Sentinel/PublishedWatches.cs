using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// The watches on the published folders: first the roots, then the live trees, then the earlier ones. The package
/// decides how many folders a release has, so their number is limited. Beyond the limit, or if the kernel grants no
/// more watches even after the drop has given up its own, trees that are not live get none. The number of folders
/// without a watch is known. Used by one thread.
/// </summary>
sealed class PublishedWatches(WatchAllowance allowance) : IDisposable
{
    /// <summary>The most folders that are watched; their paths stay in memory all night.</summary>
    public const int Most = 16_384;

    internal static readonly byte[] Releases = [.. "releases"u8], Notice = [.. "notice"u8];
    static readonly byte[] Top = [];

    readonly FolderWatches<WatchedFolder> folders = new("public");
    readonly Dictionary<(Root, ReleaseId?), int> unwatched = [];
    bool isKernels;

    public int Descriptor => folders.Descriptor;
    public int Count => folders.Count;

    /// <summary>Gets the number of folders without a watch.</summary>
    public int Unwatched => unwatched.Values.Sum();

    /// <summary>Gets why the last of them has none; null if none was refused yet.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Gets whether more watches may come later: the kernel refused some, and may grant them then.</summary>
    public bool MayGainMore => isKernels && unwatched.Count > 0;

    /// <param name="release">Null: the folders above all trees.</param>
    public bool Lacks(Root root, ReleaseId? release) => unwatched.ContainsKey((root, release));

    public bool Drain(FolderWatches<WatchedFolder>.Visitor visit) => folders.Drain(visit);

    /// <summary>
    /// Watches the folders above a root's trees. The folder above the root also belongs to the other root: an inode has
    /// only one watch, and an event in it is reported once for each root.
    /// </summary>
    /// <returns>False: the root is gone, or something else is in its place.</returns>
    public bool AddRoot(ExpectedRoot root)
    {
        unwatched.Remove((root.Root, null));
        try
        {
            using var above = SafeFolder.Open(Path.GetDirectoryName(root.Folder)!);
            Add(above, new WatchedFolder(root.Root, null, null));
            using var folder = SafeFolder.Open(root.Folder);
            Add(folder, new WatchedFolder(root.Root, null, Top));
            using var releases = folder.TryOpenFolder(Releases, out _);
            if (releases is not null) Add(releases, new WatchedFolder(root.Root, null, Releases));
            using var notice = folder.TryOpenFolder(Notice, out _);
            if (notice is not null) Add(notice, new WatchedFolder(root.Root, null, Notice));
            return true;
        }
        catch (SystemFault)
        {
            return false;
        }
    }

    /// <summary>
    /// Watches the folders that a release's tree must have, the upper ones first. It watches no files, so that links
    /// and unlinks by other releases that share a file cause no events. A missing folder is found by a look.
    /// </summary>
    /// <param name="below">A folder of the tree, with everything below it; "" for the whole tree.</param>
    /// <returns>Whether a watch was added that was not there before.</returns>
    public bool AddTree(Expectation expected, Root root, SealedTree tree, SafeFolder folder, string below)
    {
        var (granted, refused, gained) = (0, false, false);
        foreach (var path in tree.Folders.Append("").Where(path => IsIn(path, below)).Order(StringComparer.Ordinal))
        {
            var bytes = path.Length == 0 ? Top : Encoding.UTF8.GetBytes(path);
            using var inner = path.Length == 0 ? null : folder.TryOpenFolder(bytes, out _);
            if (path.Length > 0 && inner is null) continue;
            refused = !Grant(inner ?? folder, new WatchedFolder(root, tree.Id, bytes), expected, out var isNew);
            if (refused) break;
            granted++;
            gained |= isNew;
        }
        var all = tree.Folders.Append("").Count(path => IsIn(path, below));
        if (refused) unwatched[(root, tree.Id)] = Math.Max(1, all - granted);
        else if (below.Length == 0) unwatched.Remove((root, tree.Id));
        return gained;
    }

    /// <summary>Stops watching the folders that <paramref name="of"/> selects.</summary>
    public void Forget(Func<WatchedFolder, bool> of)
    {
        folders.Forget(of);
        foreach (var (root, release) in unwatched.Keys.ToList())
            if (of(new WatchedFolder(root, release, Top))) unwatched.Remove((root, release));
    }

    public void Dispose() => folders.Dispose();

    void Add(SafeFolder folder, WatchedFolder meaning)
    {
        if (Grant(folder, meaning, Expectation.Nothing, out _)) return;
        unwatched[(meaning.Root, null)] = unwatched.GetValueOrDefault((meaning.Root, null)) + 1;
    }

    bool Grant(SafeFolder folder, WatchedFolder meaning, Expectation expected, out bool isNew)
    {
        while (true)
        {
            isNew = false;
            var isFull = folders.Count >= Most && !folders.Has(meaning);
            var refusal = isFull ? Errno.EDQUOT : folders.Add(folder, meaning, out isNew);
            if (refusal == 0) return true;
            if (refusal == Errno.ENOSPC && allowance.AskTheDrop()) continue;
            var isLive = meaning.Release is not { } release || expected.Of(meaning.Root)?.Live == release;
            if (refusal is Errno.ENOSPC or Errno.EDQUOT && isLive && GiveUpATree(expected)) continue;
            isKernels = !isFull;
            Refusal = isFull
                ? string.Create(CultureInfo.InvariantCulture, $"more than {Most} folders")
                : $"inotify_add_watch: {refusal}";
            return false;
        }
    }

    /// <summary>Removes the watches of a tree that is not live, to make room for live ones.</summary>
    /// <returns>False: only live trees still have watches.</returns>
    bool GiveUpATree(Expectation expected)
    {
        foreach (var root in expected.Roots)
            foreach (var (id, tree) in root.Trees)
            {
                if (id == root.Live) continue;
                var before = folders.Count;
                folders.Forget(folder => folder.Root == root.Root && folder.Release == id);
                if (folders.Count == before) continue;
                unwatched[(root.Root, id)] = tree.Folders.Count + 1;
                return true;
            }
        return false;
    }

    static bool IsIn(string path, string below) =>
        below.Length == 0 || path == below
            || (path.Length > below.Length && path[below.Length] == '/'
                && path.StartsWith(below, StringComparison.Ordinal));
}
