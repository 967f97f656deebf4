using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Control;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Linux.Ntp;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Setup;
using Difusor.Agent.Texts;
using Difusor.Agent.Verification;
using Serilog;

namespace Difusor.Agent.Daemon;

/// <summary>Creates the agent's parts and joins them explicitly, without a dependency injection container.</summary>
sealed partial class AgentParts : IDisposable
{
    /// <summary>The shortest time between two events about deliveries that do not fit.</summary>
    static readonly TimeSpan ToldEvery = TimeSpan.FromMinutes(1);

    readonly ILogger diagnostics;
    readonly JournalFile journal;
    readonly StatusFile statusFile;
    readonly Notifier notifier;
    readonly TroubleEnds ends;
    readonly IgnoredWatch ignored;
    readonly DoorWatch door;
    readonly ConfigurationWatch configurationWatch;
    NtpPolling? polling;
    ControlSocket? control;
    string? configurationDigest;
    int shortages;
    long nextTold;

    AgentParts(Configured configured, ReleaseStore store, JournalFile journal, ILogger diagnostics)
    {
        (Configured, Store, this.journal, this.diagnostics) = (configured, store, journal, diagnostics);
        var (settings, clockSettings) = (configured.Settings, configured.Settings.Clock);
        void Warn(string problem) =>
            diagnostics.Warning("{Problem}", Details.In(Configured.Settings.Language, problem));
        Clock = new NightClock(configured.Profile, clockSettings);
        notifier = new Notifier(
            Warn, settings.Paths.State, run => Signals.Post(new NotifyRan(run.Error)),
            () => Clock.Profile.Opens.Offset);
        Troubles = new TroubleBoard(settings.Language, notifier.Tell);
        // The record is on disk: a listener that fails must not stop what the record allows.
        Recorder = new EventRecorder(
            journal, Clock, record => Boundary.Run(BoundaryPoint.LoopHear, () => Troubles.Hear(record)));
        Storage = new StorageTrouble(Recorder);
        ends = new TroubleEnds(Recorder, Troubles, Clock, HostClock.Read());
        ignored = new IgnoredWatch(Recorder, Troubles, Clock)
        {
            Service = new SetupInstance(Instance).UnitNamed("-entrega"),
        };
        door = new DoorWatch(Recorder, Troubles, Clock);
        configurationWatch = new ConfigurationWatch(Recorder, Troubles, Clock);
        Syslog = new SyslogFeed(journal, new SyslogWatch(Recorder, Troubles), Signals.Post, diagnostics);
        After = new AfterPublication(
            store, settings.Paths.State, Recorder.Record, Troubles, Signals.Post, Warn,
            () => Configured.Settings.Language);
        Gate = new GateKeeper(Clock, Recorder, clockSettings);
        var watches = new WatchAllowance();
        Integrity = new IntegrityMonitor(settings, store, Recorder, Troubles, notifier, watches, Signals.Post, Warn);
        Receipts = new Receipts(Complain);
        Publisher =
            new Publisher(store, Recorder, Clock, Receipts, settings.Publication, HostClock.Read, Integrity.Published);
        Verdicts = new VerdictHandler(store, Recorder, Clock, Publisher, Receipts, settings, HostClock.Read());
        Cadence = new CadenceWatch(store, Recorder, Clock, Publisher, settings.Publication);
        LastRun = LastRun.Begin(settings.Paths.State, Complain);
        Receiver = new DropReceiver(Rules(configured), store, settings.Paths.State, Signals.Post, LastRun)
        {
            Watches = watches, Institute = SetupInstance.Of(configured.File)?.Account,
            Unit = OpeningUnit.Of(configured.File),
        };
        Operator =
            new OperatorCommands(store, Recorder, Clock, Publisher, Verdicts, new HandReceiver(Receiver, Signals.Post));
        Report = new StatusReport(store, Recorder, Clock, Publisher, Cli.CommandLine.Version, Environment.ProcessId);
        statusFile = new StatusFile(settings.Paths.Run);
        Follow(configured);
    }

    public Configured Configured { get; private set; }
    /// <summary>Gets the name of this instance: that of its configuration file.</summary>
    string Instance => Path.GetFileNameWithoutExtension(Configured.File);
    public SignalQueue Signals { get; } = new();
    public ReleaseStore Store { get; }
    public JournalFolder Journal => journal.Folder;
    public string? JournalSetAside => journal.SetAside;
    public string? JournalProblem => journal.Problem;
    public NightClock Clock { get; }
    public TroubleBoard Troubles { get; }
    public EventRecorder Recorder { get; }
    public StorageTrouble Storage { get; }
    public Receipts Receipts { get; }
    public GateKeeper Gate { get; }
    public Publisher Publisher { get; }
    public VerdictHandler Verdicts { get; }
    public CadenceWatch Cadence { get; }
    public OperatorCommands Operator { get; }
    public DropReceiver Receiver { get; }
    public LastRun LastRun { get; }
    public StatusReport Report { get; }
    public IntegrityMonitor Integrity { get; }
    public AfterPublication After { get; }
    public SyslogFeed Syslog { get; }

    /// <summary>Gets the root for what arrives now: the rehearsal's while one is on, else null.</summary>
    public Root? RehearsalRoot => Clock.Rehearsal is null ? null : Root.Rehearsal;

    /// <summary>Gets what the receiver sees of the drop.</summary>
    public DropSight DropSight => new(
        Receiver.Progress, Receiver.Ignored, Storage.DropIsUnreadable ? Configured.Settings.Paths.Drop : null,
        Receiver.Door);

    /// <summary>Opens what is on disk, and repairs what a crash has left of it.</summary>
    /// <returns>The parts; null with the problem: another instance, a network file system, or folders on two file
    /// systems.</returns>
    /// <exception cref="SystemFault">A folder cannot be created, read or written.</exception>
    public static AgentParts? Assemble(Configured configured, ILogger diagnostics, out Said? problem)
    {
        var folders = new StoreFolders(configured.Settings.Paths.State);
        if (ReleaseStore.Open(folders, out problem) is not { } store) return null;
        try
        {
            var found = store.Recover(
                NoticePage.Html(configured.Profile), NoticePage.Withdrawn(configured.Profile));
            var parts = new AgentParts(configured, store, JournalFile.Open(folders.Journal), diagnostics);
            foreach (var damaged in found.Damaged)
                diagnostics.Warning(
                    "{Problem}",
                    Messages.Say(configured.Settings.Language, "store.record-unreadable", ("file", damaged)));
            return parts;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Starts the threads: from now on they post signals.</summary>
    public void Begin()
    {
        Syslog.Begin(Configured.Settings, Instance);
        BeginPolling();
        control = ControlSocket.Open(Configured.Settings.Paths.Run, Signals.Post);
        // Start this first: a sender decides how many folders are watched in the drop.
        Integrity.Begin();
        After.Apply(Configured.Settings.Publication.After);
        Receiver.Start();
        Boundary.Pool(BoundaryPoint.WarmUp, WarmUp);
    }

    /// <summary>Prepares the tree for the next corte, in the background.</summary>
    public void PrepareNext() => Boundary.Pool(BoundaryPoint.NextTree, Store.PrepareNext);

    /// <summary>
    /// Reads the stored records once the agent is ready, so that the first delivery does not wait for that. Then it
    /// gives back the memory that the start used.
    /// </summary>
    void WarmUp()
    {
        try { Store.WarmUp(); }
        catch (SystemFault fault) { Complain(fault); }
        Store.PrepareNext();
        SpareMemory.GiveBack();
    }

    /// <summary>Ends everything that brings signals in.</summary>
    public void End()
    {
        foreach (Action end in new Action[]
            { Integrity.End, After.Dispose, Receiver.Dispose, () => polling?.Stop(), () => control?.Dispose() })
            Boundary.Run(BoundaryPoint.LoopStop, end);
    }

    public void Dispose()
    {
        foreach (Action end in new Action[]
            { Syslog.Dispose, Integrity.Dispose, journal.Dispose, Store.Dispose })
            Boundary.Run(BoundaryPoint.LoopStop, end);
    }

    /// <summary>
    /// Makes room if there is too little for staging. The first call removes rejected packages; the second also old
    /// releases; the third also waiting releases that would not be published; the fourth also those of the future, if
    /// that is enough for a delivery that is due.
    /// </summary>
    public void MakeRoom(StagingPaused shortage, ClockReading now)
    {
        if (++shortages == 1) RecordLow(shortage.Free, shortage.Needed, null, now);
        Store.Quarantine.PruneRejected();
        if (shortages > 1) Publisher.Prune(keep: 0, now, mostWaiting: shortages == 2 ? WaitingRoom.Most : 1);
        if (shortages >= 4 && shortage.IsDue) GiveFutureUp(shortage.Needed - shortage.Free, now);
    }

    void GiveFutureUp(long bytes, ClockReading now)
    {
        foreach (var release in Publisher.LetFutureGo(bytes, now)) Receiver.JudgeLater(release.Package, release.Corte);
    }

    public void RoomIsBack()
    {
        shortages = 0;
        Storage.HasRoom();
    }

    /// <summary>
    /// Makes room for one delivery that does not fit, although the disk is not nearly full: removes rejected packages.
    /// If a newer corte still does not fit, it also removes old releases and those of the future.
    /// </summary>
    public void MakeRoomFor(NoRoomFor asked, ClockReading now)
    {
        if (asked.IsFirst && now.Monotonic >= nextTold)
        {
            nextTold = now.Monotonic + (long)ToldEvery.TotalNanoseconds;
            RecordLow(asked.Spare + asked.Floor, asked.Floor, asked.Delivery, now);
        }
        Store.Quarantine.PruneRejected();
        if (asked is { IsFirst: false, IsNewer: true })
        {
            Publisher.Prune(keep: 0, now, mostWaiting: 1);
            GiveFutureUp(DeliveriesGivenWay.WorthReading, now);
        }
        Receiver.RoomWasMade();
    }

    void RecordLow(long free, long floor, string? delivery, ClockReading now) =>
        Storage.RecordLow(new StorageLow(Configured.Settings.Paths.State, free, floor, delivery), now);

    public AgentEvent Stalled(DeliveryStalls stalled, ClockReading now) => DeliveryStalled.Of(
        stalled.Delivery, stalled.Awaited, Clock.BestTime(now) + Configured.Settings.Drop.GiveUp, RehearsalRoot);

    /// <summary>
    /// Reports what is not a delivery, ends the troubles that are over, and looks whether syslog takes anything.
    /// </summary>
    public void TickTroubles(ClockReading now)
    {
        Syslog.Tick(now);
        door.Tick(Receiver.Door, now);
        ignored.Tick(Receiver.Ignored, RehearsalRoot, now);
        LookAtConfiguration(now);
        ends.Tick(new DropFacts(Receiver.Unjudged > 0, Receiver.AnyRejected, !LastRun.SetAside.IsEmpty), now);
    }

    /// <summary>Writes the status, the page and the metrics.</summary>
    public void WriteStatus(ClockReading now)
    {
        Troubles.Unrecorded = Storage.Untold;
        var sources = new StatusSources(Receiver.Progress, Receiver.Unjudged, Integrity.Status, Troubles.Troubles)
        {
            Instance = Instance, Syslog = Syslog.Status, Ignored = Receiver.Ignored,
            Notify = notifier.Status, Night = Troubles.Night, ConfigurationSha256 = configurationDigest,
        };
        var status = Report.At(now, sources);
        statusFile.Write(status.ToJson());
        Integrity.Write(status);
    }

    /// <summary>Writes to standard error what cannot go to the journal, or is not a decision.</summary>
    public void Complain(SystemFault fault) =>
        diagnostics.Error("{Fault}", Details.In(Configured.Settings.Language, fault.Message));

    void Follow(Configured configured)
    {
        (Configured, configurationDigest) = (configured, ConfigurationDigest.Of(configured));
        Gate.Follow(configured.Profile, configured.Settings.Clock);
        Verdicts.Follow(configured.Settings);
        Publisher.Follow(configured.Settings.Publication);
        Cadence.Follow(configured.Settings.Publication);
        (Receipts.Folder, Receipts.Language) = (configured.Settings.Paths.Receipts, configured.Settings.Language);
    }

    /// <summary>
    /// Returns the rules for receiving. They do not include the window of cortes: only the loop knows which delivery
    /// belongs to a rehearsal, so it refuses cortes outside the window.
    /// </summary>
    static ReceivingRules Rules(Configured configured) =>
        new(configured.Settings, VerificationRules.Of(configured.Settings, configured.Profile));

    /// <summary>Asks the time servers now, and again soon.</summary>
    public void HurryPolling() => polling?.Hurry();

    void BeginPolling()
    {
        polling?.Stop();
        polling = new NtpPolling(
            new NtpClient(Configured.Settings.Clock.Servers), Configured.Settings.Clock.Poll, Signals.Post,
            HostTimeClient.Ask);
        polling.Start();
    }
}
