using System.Collections.Concurrent;
using System.Collections.Immutable;
using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// The thread that receives. It watches the drop, stages each file as it closes (workers copy and hash), and posts what
/// becomes of the deliveries: <see cref="DeliveryArrives"/>, <see cref="DeliveryStalls"/>,
/// <see cref="DeliveryJudged"/>. Besides the hints there is a full look every ten seconds. A sender who floods the drop
/// makes other deliveries without a better claim wait, but never a newer corte. All state belongs to this thread; other
/// threads put requests into its inbox.
/// </summary>
public sealed partial class DropReceiver : IDisposable
{
    /// <summary>How often there is a full look at the drop, whatever inotify reports (contract, section 6).</summary>
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    static readonly TimeSpan LookForTheDropEvery = TimeSpan.FromSeconds(1);

    /// <summary>
    /// One worker may unpack an archive, one may make a long verdict, and one is free for what arrives.
    /// </summary>
    const int WorkerCount = 3;

    readonly ReleaseStore store;
    readonly JudgedMemoryFile memory;
    readonly Action<Signal> post;
    readonly WakeUp wake = new();
    readonly ConcurrentQueue<Action> inbox = new();
    readonly Dictionary<RawPath, Reception> receptions = [];
    readonly Dictionary<RawPath, JudgedFiles> judged = [];
    readonly ReceivingBounds bounds;
    readonly SpareRoom room;
    readonly Workers workers;
    readonly GuardedThread thread;
    readonly LastRun? lastRun;
    ReceivingRules rules;
    ClockReading now;
    volatile bool stopped;
    int woken;
    bool hasBegun;

    /// <param name="stateFolder"><c>paths.state</c>, where the memory of judged deliveries lies.</param>
    /// <param name="lastRun">Keeps for the next run which deliveries are in hand; null: that is not kept.</param>
    /// <param name="bounds">What a sender may make it keep and do; null: the values of production.</param>
    public DropReceiver(
        ReceivingRules rules, ReleaseStore store, string stateFolder, Action<Signal> post, LastRun? lastRun = null,
        ReceivingBounds? bounds = null)
    {
        this.lastRun = lastRun;
        this.bounds = bounds ?? new ReceivingBounds();
        pace = new VerdictPace(rules.Settings.Drop.Layout);
        verdicts = new MinuteBudget(this.bounds.VerdictsAtOnce, this.bounds.VerdictsAMinute);
        announcements = new MinuteBudget(this.bounds.VerdictsAtOnce, this.bounds.VerdictsAMinute);
        this.rules = rules;
        this.store = store;
        this.post = post;
        room = new SpareRoom(() => store.FreeBytes, () => this.rules.Settings.Limits.StagingFloor);
        memory = new JudgedMemoryFile(stateFolder);
        workers = new Workers(WorkerCount, "staging", drained: Wake);
        thread = new GuardedThread(BoundaryPoint.Receiving, "receiving", Run);
    }

    /// <summary>Sets how many folders of the drop may be watched.</summary>
    internal WatchAllowance Watches { private get; init; } = new();

    /// <summary>
    /// Gets the deliveries that are being received, for <c>status</c>: all in hand, and some of the rest. Any thread.
    /// </summary>
    public ImmutableArray<DeliveryProgress> Progress { get; private set; } = [];

    /// <summary>Gets how many deliveries have no verdict yet. Any thread.</summary>
    public int Unjudged { get; private set; }

    public void Start() => thread.Start();

    /// <summary>
    /// Stops within two seconds. What was staged and has no verdict is staged again at the next start.
    /// </summary>
    public void Stop()
    {
        stopped = true;
        wake.Set();
        thread.Join(TimeSpan.FromSeconds(1));
        workers.Stop(TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// Applies a changed configuration: its rules hold from now on, and what was rejected is judged again. Any thread.
    /// </summary>
    public void Apply(ReceivingRules changed) => Request(() =>
    {
        if (changed.Settings.Paths.Drop != rules.Settings.Paths.Drop) CloseDrop();
        rules = changed;
        StartAfresh();
        mustLook = true;
    });

    /// <summary>Answers the operator's <c>retry</c>. Any thread.</summary>
    public void Rejudge() => Request(() =>
    {
        Forgive();
        JudgeRejectedAgain();
    });

    /// <summary>
    /// Notes that all consequences of a verdict are on stable storage. The delivery is not judged again as long as it
    /// stays the same, even after a restart. Any thread.
    /// </summary>
    /// <param name="later">The corte whose time is waited for: then the delivery is judged again though it is the same;
    /// null: it is not judged again by itself.</param>
    public void Remember(DeliveryJudged delivery, Corte? later = null) =>
        Request(() =>
        {
            untaken.Remove(delivery);
            live = store.Live(Root.Public)?.Corte;
            Keep(later is null
                ? delivery.Memory.Value : delivery.Memory.Value with { Accepted = false, Later = later });
            var root = delivery.Memory.Value.Root;
            lastRun?.Cleared(root);
            // If it has changed meanwhile, it is in hand again.
            if (!receptions.ContainsKey(root)) LetGo(root);
        });

    /// <summary>
    /// Has an accepted delivery judged again when the time of its corte has come, because the release made of it is
    /// gone. Any thread.
    /// </summary>
    public void JudgeLater(string delivery, Corte corte) => Request(() =>
    {
        foreach (var (root, files) in judged)
            if (NameOf(root) == delivery) Keep(files.Memory with { Accepted = false, Later = corte });
    });

    /// <summary>
    /// Takes the news that cortes up to an instant do not lie in the future any more: what waited for that is judged
    /// again. Any thread.
    /// </summary>
    public void TimeIs(DateTimeOffset latest) => Request(() =>
    {
        (trusted, horizon) = ((latest, now.Boot), default);
        foreach (var (root, files) in judged.Where(one => one.Value.Memory.Later is { } corte && corte.At <= latest)
            .ToList())
            Reopen(root, files, onlyLosses: false);
    });

    /// <summary>
    /// Receives a delivery again from the beginning, because its staged tree has lost files. Any thread.
    /// </summary>
    public void ReceiveAgain(DeliveryJudged delivery) => Request(() =>
    {
        untaken.Remove(delivery);
        var root = delivery.Memory.Value.Root;
        if (judged.TryGetValue(root, out var files)) Reopen(root, files, onlyLosses: false);
    });

    void Keep(JudgedDelivery delivery)
    {
        if (judged.TryGetValue(delivery.Root, out var files) && files.Memory.Fingerprint == delivery.Fingerprint)
            files.As(delivery.Accepted, delivery.Later);
        try { memory.Add(delivery); }
        catch (SystemFault fault) { post(new DiskRefused(fault)); }
    }

    public void Dispose()
    {
        Stop();
        workers.Dispose();
        drop?.Dispose();
        CloseDrop();
        wake.Dispose();
    }

    void Request(Action request)
    {
        inbox.Enqueue(request);
        Wake();
    }

    /// <summary>Wakes the thread, once for all that has come since it last looked.</summary>
    void Wake()
    {
        if (Interlocked.Exchange(ref woken, 1) == 0) wake.Set();
    }

    void Run()
    {
        if (hasBegun)
        {
            // An unexpected error has ended the loop: open the drop again, and look at it.
            CloseDrop();
            mustLook = true;
        }
        else
        {
            hasBegun = true;
            now = HostClock.Read();
            memory.Load();
            newestAccepted = live = store.Live(Root.Public)?.Corte;
            RecallSetAside();
            begun = now.Monotonic;
        }
        while (!stopped)
        {
            now = HostClock.Read();
            try { Step(); }
            catch (SystemFault fault) { DropFailed(fault); }
            var wait = (NextDeadline() - HostClock.Read().Monotonic + 999_999) / 1_000_000;
            wake.WaitBeside(watch?.Descriptor ?? -1, (int)Math.Clamp(wait, 0, (long)LookEvery.TotalMilliseconds));
            wake.Clear();
            Interlocked.Exchange(ref woken, 0);
        }
        // Remember what the loop has asked to be remembered, even at the end.
        while (inbox.TryDequeue(out var request)) Boundary.Run(BoundaryPoint.ReceivingRequest, request);
    }

    void Step()
    {
        while (inbox.TryDequeue(out var request)) Boundary.Run(BoundaryPoint.ReceivingRequest, request, passes: true);
        watch?.Drain(hint => Guard(BoundaryPoint.ReceivingHint, RootOf(hint.Path), () => OnHint(hint)));
        if (mustLook || now.Monotonic >= nextLook) Boundary.Run(BoundaryPoint.ReceivingLook, BeginLook, passes: true);
        else if (isPaused && now.Monotonic >= nextRoom) ResumeStaging();
        GoOnLooking();
        TryAgain();
        TakeTurns();
        if (now.Monotonic >= ProgressDue) ShowProgress();
        LookForACrowd();
        TellOfMemory();
    }

    long NextDeadline()
    {
        if (round is not null || mustLook) return now.Monotonic;
        var deadline = Math.Min(isPaused ? Math.Min(nextLook, nextRoom) : nextLook, tellOfMemory);
        if (drop is not null) deadline = Math.Min(deadline, nextReturn);
        if (progressChanged) deadline = Math.Min(deadline, ProgressDue);
        if (waiting > 0) deadline = Math.Min(deadline, now.Monotonic + SliceLook);
        return Math.Min(deadline, TurnsDeadline());
    }

    /// <summary>Nanoseconds between two updates of the progress: where it has changed, and where it has not.</summary>
    const long ProgressSoon = 50_000_000, ProgressLater = 1_000_000_000;

    bool progressChanged;
    long progressShown;

    long ProgressDue => progressShown + (progressChanged ? ProgressSoon : ProgressLater);

    void ShowProgress()
    {
        progressChanged = false;
        progressShown = now.Monotonic;
        Unjudged = receptions.Count + givenWay.Count;
        var inHand = atWork.Where(IsAtWork).ToList();
        var others = receptions.Values.Where(one => one is { Slice: null, OnlyLosses: false })
            .Take(Math.Max(0, bounds.Listed - inHand.Count));
        Progress = [
            .. inHand.Concat(others).OrderBy(one => one.Name, StringComparer.Ordinal)
            .Select(one => new DeliveryProgress(
            one.Name, one.Delivery.State, one.Delivery.Files.Count, one.Delivery.BytesStaged, one.Delivery.FirstSeen,
            one.Delivery.LastByte,
            Waits: one.Slice is null && one.Delivery.State != DeliveryState.Stalled)),
            .. WaitingProgress(bounds.Listed - inHand.Count), .. AsideProgress];
    }

    /// <summary>Returns a delivery's name for people; for a tree, the name of the drop.</summary>
    internal string NameOf(RawPath root) =>
        root.IsRoot ? Path.GetFileName(rules.Settings.Paths.Drop.TrimEnd('/')) : root.ToString();

    Judging JudgingOf(SafeFolder folder, ReceivingRules by) =>
        new(folder, by, () => store.LiveRecord(Root.Public)?.Files ?? [], () =>
            store.Sealed.Select(release => release.Corte).Concat(cortes).ToHashSet());
}
