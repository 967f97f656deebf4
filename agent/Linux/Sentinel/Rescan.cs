using System.Diagnostics;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>A rescan has ended: of everything published, or of what has become live.</summary>
public sealed record RescanFinished(bool WasFull) : Signal;

/// <summary>A sentinel thread met a fault of the system, and started again.</summary>
public sealed record SentinelTroubled(string Error) : Signal;

/// <summary>
/// The slow and reliable check: hashes every published byte again each <c>sentinel.rescan</c>, whatever inotify
/// reports. A write by mmap or through a link from outside causes no event. It runs at the lowest priority and pauses
/// between files. A new release is read once as soon as it is live.
/// </summary>
sealed class Rescan : IDisposable
{
    const int PieceFiles = 64;
    const long PieceBytes = 4 << 20;

    readonly PublishedState state;
    readonly TreeWatch watch;
    readonly Action<Signal> post;
    readonly TimeSpan every;
    readonly Func<DateTimeOffset> now;
    readonly TreeLook look = new();
    readonly MountTable mounts = new();
    readonly WakeUp wake = new();
    readonly GuardedThread thread;
    ImmutableHashSet<ReleaseId> live = [];
    volatile bool ending;
    string foundBy = "start";

    public Rescan(PublishedState state, TreeWatch watch, TimeSpan every, Func<DateTimeOffset> now, Action<Signal> post)
    {
        (this.state, this.watch, this.every, this.now, this.post) = (state, watch, every, now, post);
        thread = new GuardedThread(BoundaryPoint.Rescan, "sentinel-rescan", Run);
        state.Changed += wake.Set;
    }

    public void Start() => thread.Start();

    void Run()
    {
        Native.GiveWay();
        var due = Stopwatch.GetTimestamp();
        while (!ending)
        {
            var isFull = Stopwatch.GetTimestamp() >= due;
            if (isFull) due = Stopwatch.GetTimestamp() + (long)(every.TotalSeconds * Stopwatch.Frequency);
            try { Boundary.Run(BoundaryPoint.RescanPass, () => Look(isFull), passes: true); }
            catch (SystemFault fault) { post(new SentinelTroubled(fault.Message)); }
            if (!ending) wake.Wait(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due));
        }
    }

    void Look(bool isFull)
    {
        while (state.TryTakeUnread(out var release))
            Boundary.Run(BoundaryPoint.RescanPass, () => ReadPages(release), passes: true);
        if (isFull)
        {
            Scan(state.Expected, onlyNew: false);
            foundBy = "rescan";
        }
        else if (LiveOf(state.Expected).Except(live).Count > 0) Scan(state.Expected, onlyNew: true);
    }

    void ReadPages(ReleaseId release)
    {
        foreach (var root in state.Expected.Roots)
            if (root.Trees.TryGetValue(release, out var tree) && !ShownCheck.Shows(root, tree))
                post(new CorteUnseen(release));
    }

    static ImmutableHashSet<ReleaseId> LiveOf(Expectation expected) =>
        [.. expected.Roots.Where(root => root.Live is not null).Select(root => root.Live!.Value)];

    /// <summary>Reads all trees, the live ones first, or only those that have just become live.</summary>
    void Scan(Expectation expected, bool onlyNew)
    {
        if (!onlyNew) watch.SendCanary();
        var trees = expected.Roots.SelectMany(root => root.Trees.Values.Select(tree => (root, tree)))
            .Where(of => !onlyNew || (of.root.Live == of.tree.Id && !live.Contains(of.tree.Id)))
            .OrderByDescending(of => of.root.Live == of.tree.Id).ToList();
        live = LiveOf(expected);
        var pass = new Pass(this, trees.Sum(of => of.tree.Record.Files.Count), paced: !onlyNew && foundBy != "start");
        look.End(); // a fault may have ended the scan before too early
        if (!onlyNew) TellLinks(expected);
        foreach (var (root, tree) in trees)
        {
            using var folder = TreeLook.Open(root, tree, out _);
            var alterations = folder is null ? [.. tree.At("", null)]
                : look.Below(tree, folder, default, read: true, pass.Read);
            var still = state.StillExpected(alterations);
            if (still.Length > 0) post(new TreeAltered(still, foundBy));
            if (ending) return;
        }
        look.End();
        pass.Over(fullScan: !onlyNew);
        post(new RescanFinished(WasFull: !onlyNew));
    }

    void TellLinks(Expectation expected)
    {
        if (state.Judge(expected.Roots.Select(root => root.Root), mounts) is { Length: > 0 } found)
            post(new TreeAltered(found, foundBy));
    }

    public void Dispose()
    {
        ending = true;
        state.Changed -= wake.Set;
        wake.Set();
        thread.Join();
        mounts.Dispose();
        wake.Dispose();
    }

    /// <summary>The timing of one scan: it pauses after each piece.</summary>
    sealed class Pass(Rescan scan, int total, bool paced)
    {
        readonly RescanPace pace = new(scan.every);
        readonly long began = Stopwatch.GetTimestamp();
        long pieceBegan = Stopwatch.GetTimestamp();
        long pieceBytes;
        int pieceFiles, files;
        TimeSpan worked;

        public void Read(long bytes)
        {
            files++;
            pieceBytes += bytes;
            if (++pieceFiles < PieceFiles && pieceBytes < PieceBytes) return;
            var piece = Stopwatch.GetElapsedTime(pieceBegan);
            worked += piece;
            scan.state.Update(status => status with { ScannedFiles = files, FilesToScan = Math.Max(total, files) });
            var left = total == 0 ? 0 : Math.Max(0, 1 - (double)files / total);
            var rest = paced
                ? pace.Rest(piece, Stopwatch.GetElapsedTime(began), (double)pieceFiles / Math.Max(1, total), left)
                : TimeSpan.Zero;
            if (rest > TimeSpan.Zero && !scan.ending) scan.wake.Rest(rest);
            (pieceFiles, pieceBytes, pieceBegan) = (0, 0, Stopwatch.GetTimestamp());
        }

        public void Over(bool fullScan)
        {
            worked += Stopwatch.GetElapsedTime(pieceBegan);
            scan.state.Update(status => status with
            {
                ScannedFiles = 0,
                FilesToScan = 0,
                LastFullScan = fullScan ? scan.now() : status.LastFullScan,
                LastScanTook = fullScan ? Stopwatch.GetElapsedTime(began) : status.LastScanTook,
                LastScanWorked = fullScan ? worked : status.LastScanWorked,
                LastScanFiles = fullScan ? files : status.LastScanFiles,
            });
        }
    }
}
