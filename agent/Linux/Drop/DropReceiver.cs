using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// The thread that receives. It watches the drop, stages each file as it closes (workers copy and hash), and posts what
/// becomes of the deliveries: <see cref="DeliveryArrives"/>, <see cref="DeliveryStalls"/>,
/// <see cref="DeliveryJudged"/>. Besides the hints there is a full look every ten seconds. A sender who floods the drop
/// makes other deliveries without a better claim wait, but never a newer corte. This class owns the deliveries that are
/// being received, and says in which order things are done; each other part owns its own fields. All of it belongs to
/// this thread; other threads put requests into its inbox.
/// </summary>
public sealed partial class DropReceiver : IDisposable
{
    /// <summary>
    /// One worker may unpack an archive, one may make a long verdict, and one is free for what arrives.
    /// </summary>
    const int WorkerCount = 3;

    readonly ReleaseStore store;
    readonly Action<Signal> post;
    readonly ReceivingBounds bounds;
    readonly Inbox inbox = new();
    readonly GuardedThread thread;

    // The drop, and what is seen of it.
    readonly OpenDrop opened;
    readonly FullLook looks;
    readonly BesideLists beside;

    // The deliveries: those that are received, that are judged, that wait for room, and that are set aside.
    readonly Dictionary<RawPath, Reception> receptions = [];
    readonly JudgedDeliveries judged;
    readonly DeliveriesGivenWay givenWay = new();
    readonly AsideDeliveries aside;

    // Whose turn it is, and who may have a verdict.
    readonly DeliveriesInHand inHand;
    readonly TurnPace pace = new();
    readonly VerdictPlaces places;
    readonly KnownCortes cortes = new();

    // The work, and the room for it.
    readonly Workers workers;
    readonly TreeRemovals removals;
    readonly SpareRoom room;
    readonly StagingPause pause;
    readonly UnusedMemory unused = new();
    readonly PathJudging byHand;

    // What is told, and what is shown.
    readonly TellingBudget telling;
    readonly Crowd crowd = new();
    readonly ProgressBoard progress = new();

    ReceivingRules rules;
    ClockReading now;
    long numbers, losersAt;

    /// <summary>The deliveries that may lose their place in the step that began at losersAt.</summary>
    Queue<Reception> losers = new();
    bool hasBegun;
    volatile bool stopped, anyRejected;

    /// <param name="stateFolder"><c>paths.state</c>, where the memory of judged deliveries lies.</param>
    /// <param name="lastRun">Keeps for the next run which deliveries are in hand; null: that is not kept.</param>
    /// <param name="bounds">What a sender may make it keep and do; null: the values of production.</param>
    public DropReceiver(
        ReceivingRules rules, ReleaseStore store, string stateFolder, Action<Signal> post, LastRun? lastRun = null,
        ReceivingBounds? bounds = null)
    {
        (this.rules, this.store, this.post, this.bounds) = (rules, store, post, bounds ?? new ReceivingBounds());
        opened = new OpenDrop(post, this.bounds.LookEvery);
        looks = new FullLook(this.bounds.FirstLook, this.bounds.LookEvery);
        (closing, stopping) = (new Lasting(this.bounds.LookEvery), new Lasting(this.bounds.LookEvery));
        beside = new BesideLists(this.bounds.Entries, this.bounds.NamesInLists);
        ignored = new IgnoredEntries(this.bounds.Entries);
        judged = new JudgedDeliveries(new JudgedMemoryFile(stateFolder));
        aside = new AsideDeliveries(lastRun);
        inHand = new DeliveriesInHand(lastRun);
        places = new VerdictPlaces(this.bounds.Judging, this.bounds.Untaken);
        workers = new Workers(WorkerCount, "staging", drained: inbox.Wake);
        removals = new TreeRemovals(workers);
        room = new SpareRoom(() => store.FreeBytes, () => this.rules.Settings.Limits.StagingFloor);
        pause = new StagingPause(
            () => store.FreeBytes, () => receptions.Values.Any(one => PromiseOf(one.Named) == Promise.Newer), post);
        byHand = new PathJudging(store, room, cortes);
        telling = new TellingBudget(
            rules.Settings.Drop.Layout, this.bounds.VerdictsAtOnce, this.bounds.VerdictsAMinute);
        thread = new GuardedThread(BoundaryPoint.Receiving, "receiving", Run);
    }

    /// <summary>Sets how many folders of the drop may be watched.</summary>
    internal WatchAllowance Watches { private get; init; } = new();

    /// <summary>
    /// Gets the deliveries that are being received, for <c>status</c>: all in hand, and some of the rest. Any thread.
    /// </summary>
    public ImmutableArray<DeliveryProgress> Progress => progress.Deliveries;

    /// <summary>Gets how many deliveries have no verdict yet. Any thread.</summary>
    public int Unjudged => progress.Unjudged;

    /// <summary>
    /// Gets whether the drop may still have something that was rejected: it has, or something is being judged. Any
    /// thread.
    /// </summary>
    public bool AnyRejected => anyRejected;

    public void Start() => thread.Start();

    /// <summary>
    /// Stops within two seconds. What was staged and has no verdict is staged again at the next start.
    /// </summary>
    public void Stop()
    {
        stopped = true;
        inbox.Wake();
        thread.Join(TimeSpan.FromSeconds(1));
        workers.Stop(TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// Applies a changed configuration: its rules hold from now on, and what was rejected is judged again. Any thread.
    /// </summary>
    public void Apply(ReceivingRules changed) => inbox.Add(() =>
    {
        var isAnother = changed.Settings.Paths.Drop != rules.Settings.Paths.Drop;
        if (isAnother) CloseDrop();
        if (isAnother || changed.Settings.Drop.Layout != rules.Settings.Drop.Layout) ignored.Clear();
        rules = changed;
        StartAfresh();
        looks.Want();
    });

    /// <summary>Answers the operator's <c>retry</c>. Any thread.</summary>
    public void Rejudge() => inbox.Add(() =>
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
        inbox.Add(() =>
        {
            places.Take(delivery);
            cortes.LiveIs(store.Live(Root.Public)?.Corte);
            Keep(later is null
                ? delivery.Memory.Value : delivery.Memory.Value with { Accepted = false, Later = later });
            var root = delivery.Memory.Value.Root;
            inHand.Clear(root);
            // If it has changed meanwhile, it is in hand again.
            if (!receptions.ContainsKey(root)) LetGo(root);
        });

    /// <summary>
    /// Has an accepted delivery judged again when the time of its corte has come, because the release made of it is
    /// gone. Any thread.
    /// </summary>
    public void JudgeLater(string delivery, Corte corte) => inbox.Add(() =>
    {
        foreach (var (root, files) in judged.All)
            if (NameOf(root) == delivery) Keep(files.Memory with { Accepted = false, Later = corte });
    });

    /// <summary>
    /// Takes the news that cortes up to an instant do not lie in the future any more: what waited for that is judged
    /// again. Any thread.
    /// </summary>
    public void TimeIs(DateTimeOffset latest) => inbox.Add(() =>
    {
        cortes.TimeIs(latest, now);
        foreach (var (root, files) in judged.All.Where(one => one.Value.Memory.Later is { } corte && corte.At <= latest)
            .ToList())
            Reopen(root, files, onlyLosses: false);
    });

    /// <summary>
    /// Receives a delivery again from the beginning, because its staged tree has lost files. Any thread.
    /// </summary>
    public void ReceiveAgain(DeliveryJudged delivery) => inbox.Add(() =>
    {
        places.Take(delivery);
        var root = delivery.Memory.Value.Root;
        if (judged.Of(root) is { } files) Reopen(root, files, onlyLosses: false);
    });

    /// <summary>Stages and judges what lies at a path that the operator names, on the calling thread.</summary>
    /// <returns>What <see cref="PathJudging.Judge"/> returns.</returns>
    /// <exception cref="SystemFault">The same.</exception>
    public DeliveryJudged? Judge(string path) => byHand.Judge(path, rules);

    void Keep(JudgedDelivery delivery)
    {
        try { judged.Write(delivery); }
        catch (SystemFault fault) { pause.Refused(fault, now.Monotonic); }
    }

    public void Dispose()
    {
        Stop();
        workers.Dispose();
        opened.Dispose();
        inbox.Dispose();
    }

    void Run()
    {
        if (hasBegun)
        {
            // An unexpected error has ended the loop: open the drop again, and look at it.
            CloseDrop();
            looks.Want();
        }
        else
        {
            hasBegun = true;
            now = HostClock.Read();
            judged.Load();
            cortes.Begin(store.Live(Root.Public)?.Corte);
            aside.Recall(now);
            looks.Start(now.Monotonic);
        }
        while (!stopped)
        {
            now = HostClock.Read();
            try { Step(); }
            catch (SystemFault fault) { DropFailed(fault); }
            var wait = (NextDeadline() - HostClock.Monotonic() + 999_999) / 1_000_000;
            var most = (long)bounds.LookEvery.TotalMilliseconds;
            inbox.Wait(opened.Watch?.Descriptor ?? -1, (int)Math.Clamp(wait, 0, most));
        }
        // Remember what the loop has asked to be remembered, even at the end.
        while (inbox.TryTake(out var request)) Boundary.Run(BoundaryPoint.ReceivingRequest, request);
    }

    void Step()
    {
        while (inbox.TryTake(out var request)) Boundary.Run(BoundaryPoint.ReceivingRequest, request, passes: true);
        opened.Watch?.Drain(TakeHint);
        if (looks.IsDue(now.Monotonic)) Boundary.Run(BoundaryPoint.ReceivingLook, BeginLook, passes: true);
        else if (now.Monotonic >= pause.Deadline) ResumeStaging();
        GoOnLooking();
        LookAtUnwatched();
        TryAgain();
        TakeTurns();
        if (progress.TakeDue(now.Monotonic)) ShowProgress();
        ShowIgnored();
        LookForACrowd();
        if (unused.TakeDue(now.Monotonic, IsLarge))
            post(new MuchMemoryUnused());
    }

    long NextDeadline()
    {
        if (looks.IsPressing) return now.Monotonic;
        var deadline = Math.Min(Math.Min(looks.Next, pause.Deadline), unused.Due);
        deadline = Math.Min(deadline, Math.Min(progress.Deadline, ignored.Due));
        if (Drop is not null) deadline = Math.Min(deadline, givenWay.NextTry);
        if (MissesHints && receptions.Count > 0) deadline = Math.Min(deadline, nextUnwatched);
        if (waiting > 0) deadline = Math.Min(deadline, now.Monotonic + SliceLook);
        return Math.Min(deadline, TurnsDeadline());
    }

    void ShowProgress()
    {
        var working = atWork.Where(IsAtWork).ToList();
        var others = receptions.Values.Where(one => one is { Slice: null, OnlyLosses: false })
            .Take(Math.Max(0, bounds.Listed - working.Count));
        anyRejected = receptions.Count + givenWay.Count > 0 || judged.All.Any(one => !one.Value.Memory.Accepted);
        progress.Show(receptions.Count + givenWay.Count, [
            .. working.Concat(others).OrderBy(one => one.Name, StringComparer.Ordinal)
            .Select(one => new DeliveryProgress(
            one.Name, one.Delivery.State, one.Delivery.Files.Count, one.Delivery.BytesStaged, one.Delivery.FirstSeen,
            one.Delivery.LastByte,
            Waits: one.Slice is null && one.Delivery.State != DeliveryState.Stalled)),
            .. givenWay.Progress(bounds.Listed - working.Count, NameOf), .. aside.Progress(NameOf)]);
    }

    /// <summary>Returns a delivery's name for people; for a tree, the name of the drop.</summary>
    internal string NameOf(RawPath root) =>
        root.IsRoot ? Path.GetFileName(rules.Settings.Paths.Drop.TrimEnd('/')) : root.ToString();

    static bool IsLarge() =>
        UnusedMemory.IsLarge(GC.GetTotalMemory(forceFullCollection: false), Environment.WorkingSet);
}
