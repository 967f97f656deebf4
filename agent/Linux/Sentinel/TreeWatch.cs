using System.Diagnostics;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// The fast check: inotify says where to look, and a look at that place decides. After an overflow it looks at
/// everything at once. The agent's own publications raise no alarm: a release's tree never changes while it is
/// expected, and the links are only compared with the agent loop's last word while no swap is under way.
/// </summary>
sealed partial class TreeWatch : IDisposable
{
    const int Forever = -1;
    static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);
    static readonly byte[] Nothing = [], Releases = PublishedWatches.Releases, Notice = PublishedWatches.Notice;

    readonly PublishedState state;
    readonly Action<Signal> post;
    readonly MountTable mounts = new();
    readonly WakeUp wake = new();
    readonly DirtyPlaces dirty;
    readonly HashSet<Root> dirtyLinks = [];
    readonly HashSet<(Root, ReleaseId)> watched = [];
    readonly HashSet<Root> watchedRoots = [];
    readonly GuardedThread thread;
    readonly WatchAllowance allowance;
    readonly Canary canary;
    PublishedWatches folders;
    Expectation known = Expectation.Nothing;
    long asked;
    bool mountsChanged = true, hasBegun, toldBlind;
    string foundBy = "start";
    volatile bool ending, restart;

    public TreeWatch(PublishedState state, Action<Signal> post, WatchAllowance? allowance = null)
    {
        this.state = state;
        this.post = post;
        canary = new Canary(state);
        this.allowance = allowance ?? new WatchAllowance();
        folders = new PublishedWatches(this.allowance);
        dirty = new DirtyPlaces { FolderCame = WatchAgain, Meanwhile = Listen };
        thread = new GuardedThread(BoundaryPoint.Watch, "sentinel-watch", Run);
        state.Changed += wake.Set;
    }

    /// <summary>Sets the watches, before anything else asks for some, and starts the thread.</summary>
    public void Start()
    {
        try { Follow(); }
        catch (SystemFault fault)
        {
            post(new SentinelTroubled(fault.Message));
            restart = true;
        }
        thread.Start();
    }

    /// <summary>Sends a canary (<see cref="Canary"/>). Any thread may call it.</summary>
    /// <returns>False: the previous canary was never seen, and the watch will be set up again.</returns>
    public bool SendCanary()
    {
        if (canary.Send()) return true;
        state.Update(status => status with { Blind = true });
        restart = true;
        wake.Set();
        return false;
    }

    void Run()
    {
        // An unforeseen error ended the last run, so its state cannot be trusted.
        restart |= hasBegun;
        hasBegun = true;
        while (!ending)
        {
            try { Round(); }
            catch (SystemFault fault) when (!ending)
            {
                post(new SentinelTroubled(fault.Message));
                restart = true;
                wake.Wait(TimeSpan.FromSeconds(1));
            }
        }
    }

    unsafe void Round()
    {
        if (restart) Restart();
        Follow();
        var waiting = Look();
        var entries = stackalloc Native.PollEntry[3];
        entries[0] = new Native.PollEntry { Descriptor = folders.Descriptor, Events = Native.PollIn };
        entries[1] = new Native.PollEntry { Descriptor = wake.Descriptor, Events = Native.PollIn };
        entries[2] = new Native.PollEntry { Descriptor = mounts.Descriptor, Events = Native.PollPriority };
        // While a place waits for the end of a swap, look again soon. Between two trees, only read the new events.
        if (Native.poll(entries, 3, dirty.IsEmpty ? waiting ? 200 : UntilAskedAgain() : 0) < 0) return;
        if (entries[1].Returned != 0) wake.Clear();
        if (entries[2].Returned != 0) mountsChanged = true;
        if (entries[0].Returned != 0 && !folders.Drain(Hear)) Overflowed();
    }

    void Restart()
    {
        restart = false;
        folders.Dispose();
        folders = new PublishedWatches(allowance);
        watched.Clear();
        watchedRoots.Clear();
        known = Expectation.Nothing;
        foreach (var root in state.Expected.Roots) MarkAll(root);
    }

    void Overflowed()
    {
        state.Update(status => status with { Overflows = status.Overflows + 1 });
        foreach (var root in state.Expected.Roots)
        {
            // A folder may have come or gone without an event, and its watch with it.
            folders.Forget(folder => folder.Root == root.Root && folder.Release is not null);
            watched.RemoveWhere(tree => tree.Item1 == root.Root);
            MarkAll(root);
        }
        known = Expectation.Nothing;
    }

    void MarkAll(ExpectedRoot root)
    {
        dirtyLinks.Add(root.Root);
        dirty.MarkAll(root);
    }

    /// <summary>Watches what is expected now, the live trees first, and stops watching the rest.</summary>
    void Follow()
    {
        var expected = state.Expected;
        var again = folders.MayGainMore && Stopwatch.GetElapsedTime(asked) >= AskAgain;
        if (ReferenceEquals(expected, known) && !again) return;
        asked = Stopwatch.GetTimestamp();
        folders.Forget(folder => folder.Release is { } id && expected.Of(folder.Root)?.Trees.ContainsKey(id) != true);
        watched.RemoveWhere(tree => expected.Of(tree.Item1)?.Trees.ContainsKey(tree.Item2) != true);
        foreach (var root in expected.Roots)
        {
            // If the root is gone or is not a folder, the look at the link reports it.
            if ((!watchedRoots.Contains(root.Root) || folders.Lacks(root.Root, null)) && folders.AddRoot(root))
                watchedRoots.Add(root.Root);
            dirtyLinks.Add(root.Root);
        }
        var trees = expected.Roots
            .SelectMany(root => root.Trees.Select(of => (Root: root, Id: of.Key, Tree: of.Value)))
            .OrderByDescending(of => of.Root.Live == of.Id);
        foreach (var (root, id, tree) in trees)
        {
            var isNew = watched.Add((root.Root, id));
            if (!isNew && !folders.Lacks(root.Root, id)) continue;
            using var folder = TreeLook.Open(root, tree, out _);
            var gained = folder is not null && folders.AddTree(expected, root.Root, tree, folder, "");
            // A look finds what changed between the seal and the watch.
            if (isNew || gained) dirty.Mark(root.Root, id, Nothing, whole: true);
        }
        known = expected;
        TellSight();
    }

    void TellSight()
    {
        var (unwatched, count) = (folders.Unwatched, folders.Count);
        state.Update(
            status => status with { WatchedFolders = count, UnwatchedFolders = unwatched, Blind = unwatched > 0 });
        if (toldBlind == unwatched > 0) return;
        toldBlind = unwatched > 0;
        post(new SentinelSight(unwatched, count, folders.Refusal));
    }

    /// <summary>
    /// Returns the milliseconds until it asks for more watches: the kernel's limit may have been raised, or another
    /// program may have ended.
    /// </summary>
    int UntilAskedAgain() => folders.MayGainMore
        ? (int)Math.Clamp(
            (AskAgain - Stopwatch.GetElapsedTime(asked)).TotalMilliseconds + 1, 0, AskAgain.TotalMilliseconds)
        : Forever;

    /// <summary>Looks at the links and at one marked tree, and reports what differs.</summary>
    /// <returns>True: something waits until a swap is over.</returns>
    bool Look()
    {
        var mounted = mountsChanged;
        mountsChanged = false;
        if (mounted) dirtyLinks.UnionWith(state.Expected.Roots.Select(root => root.Root));
        var links = LookAtLinks(mounted);
        if (dirty.IsEmpty) return !links;
        Tell(dirty.LookAtOne(state.Expected), foundBy);
        if (dirty.IsEmpty) foundBy = "watch";
        return !links;
    }

    /// <summary>Reads new events while a tree is being read, and reports what else is altered.</summary>
    void Listen()
    {
        if (!folders.Drain(Hear)) Overflowed();
        Tell(dirty.LookAtSingle(state.Expected), "watch");
    }

    void Tell(IEnumerable<Alteration> found, string by)
    {
        var still = state.StillExpected(found);
        if (still.Length > 0) post(new TreeAltered(still, by));
    }

    void WatchAgain(ExpectedRoot root, SealedTree tree, SafeFolder folder, byte[] path)
    {
        using var inner = folder.TryOpenFolder(path, out _);
        if (inner is null) return;
        folders.AddTree(state.Expected, root.Root, tree, folder, Encoding.UTF8.GetString(path));
        TellSight();
    }

    /// <param name="tell">Report even if nothing is found: what stopped a heal may be gone now.</param>
    /// <returns>False: a swap is under way, so the links must wait.</returns>
    bool LookAtLinks(bool tell)
    {
        if (dirtyLinks.Count == 0) return true;
        if (state.Judge(dirtyLinks, mounts) is not { } found) return false;
        dirtyLinks.Clear();
        if (found.Length > 0 || tell) post(new TreeAltered(found, foundBy));
        return true;
    }

    public void Dispose()
    {
        ending = true;
        state.Changed -= wake.Set;
        wake.Set();
        thread.Join();
        folders.Dispose();
        mounts.Dispose();
        wake.Dispose();
    }
}
