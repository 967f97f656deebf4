using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;
using Difusor.Agent.Verification;
using Serilog;

namespace Difusor.Agent;

/// <summary>The agent's parts and how they are joined: what no container has to guess.</summary>
sealed class AgentParts : IDisposable
{
    /// <summary>Shortest time between two events that name a delivery which does not fit.</summary>
    static readonly TimeSpan ToldEvery = TimeSpan.FromMinutes(1);

    readonly ILogger diagnostics;
    SyslogForwarder? syslog;
    NtpPolling? polling;
    ControlSocket? control;
    Action<Signal> post = _ => { };
    int shortages;
    long nextTold;

    AgentParts(Configured configured, ReleaseStore store, JournalFile journal, ILogger diagnostics)
    {
        (Configured, Store, this.diagnostics) = (configured, store, diagnostics);
        Chronicle = new Chronicle(journal);
        Time = new Timekeeper(Chronicle);
        var receipts = Receipts = new Receipts(Complain);
        Publisher = new Publisher(store, Chronicle, Time, receipts);
        Intake = new Intake(store, Chronicle, Time, Publisher, receipts);
        var watches = new WatchAllowance();
        LastRun = LastRun.Begin(configured.Settings.Paths.State, Complain);
        Receiving = new Receiving(Rules(configured), store, configured.Settings.Paths.State, signal => post(signal), LastRun) { Watches = watches };
        Operator = new OperatorDesk(store, Chronicle, Time, Publisher, Intake, Receiving, signal => post(signal));
        var file = new StatusFile(configured.Settings.Paths.Run);
        Sentry = new Sentry(configured.Settings, store, Chronicle.Record, problem => diagnostics.Warning("{Problem}", problem))
        {
            Opened = () => Time.OpeningProven, Watches = watches,
        };
        Publisher.Published = Sentry.Published;
        Chronicle.Recorded = Sentry.Hear;
        Status = new StatusBoard(store, Chronicle, Time, Publisher, () => Receiving.Progress)
        {
            Unjudged = () => Receiving.Unjudged,
            Writer = file.Write, Sentinel = () => Sentry.Status, Troubles = () => Sentry.Troubles, Beside = Sentry.Write,
        };
        Chronicle.Trusted = Time.TrustedTime;
        Follow(configured);
    }

    public Configured Configured { get; private set; }
    public ReleaseStore Store { get; }
    public Chronicle Chronicle { get; }
    public Timekeeper Time { get; }
    public Publisher Publisher { get; }
    public Intake Intake { get; }
    public Receipts Receipts { get; }
    public OperatorDesk Operator { get; }
    public Receiving Receiving { get; }
    public LastRun LastRun { get; }
    public StatusBoard Status { get; }
    public Sentry Sentry { get; }

    /// <summary>Opens what lies on disk, and makes whole what a crash has left of it.</summary>
    /// <returns>Null with the problem: another instance, a network file system, folders on two file systems.</returns>
    /// <exception cref="SystemFault">A folder cannot be made, read or written.</exception>
    public static AgentParts? Assemble(Configured configured, ILogger diagnostics, out Said? problem)
    {
        var folders = new StoreFolders(configured.Settings.Paths.State);
        if (ReleaseStore.Open(folders, out problem) is not { } store) return null;
        try
        {
            var found = store.Recover(NoticePage.Html(configured.Profile));
            var parts = new AgentParts(configured, store, JournalFile.Open(folders.Journal), diagnostics);
            foreach (var damaged in found.Damaged) diagnostics.Warning("a release's record cannot be read and was set aside: {File}", damaged);
            return parts;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Starts the threads: from now on they post.</summary>
    public void Begin(Action<Signal> post)
    {
        this.post = post;
        BeginSyslog();
        BeginPolling();
        control = ControlSocket.Open(Configured.Settings.Paths.Run, post);
        // First: a sender decides how many folders are watched in the drop.
        Sentry.Begin(post);
        Receiving.Start();
        Boundary.Pool(BoundaryPoint.WarmUp, WarmUp);
    }

    /// <summary>The next corte's tree, in the background.</summary>
    public void PrepareNext() => Boundary.Pool(BoundaryPoint.NextTree, Store.PrepareNext);

    /// <summary>Reads the stored records once the agent is ready, so that the first delivery does not wait for it; then gives back what starting took.</summary>
    void WarmUp()
    {
        try { Store.WarmUp(); }
        catch (SystemFault fault) { Complain(fault); }
        Store.PrepareNext();
        SpareMemory.GiveBack();
    }

    /// <summary>Ends what brings signals in.</summary>
    public void End()
    {
        foreach (Action end in new Action[] { Sentry.End, Receiving.Dispose, () => polling?.Stop(), () => control?.Dispose() })
            Boundary.Run(BoundaryPoint.LoopStop, end);
    }

    public void Dispose()
    {
        foreach (Action end in new Action[] { () => syslog?.Dispose(), Sentry.Dispose, Chronicle.Journal.Dispose, Store.Dispose })
            Boundary.Run(BoundaryPoint.LoopStop, end);
    }

    /// <summary>SIGHUP: a good file takes effect, a bad one changes nothing (contract, section 5).</summary>
    public void Reload(ClockReading now)
    {
        var reading = ConfigurationFiles.Load(Configured.File, asAgent: true);
        if (reading.Value is not { } fresh)
        {
            var problem = reading.Problems[0];
            Chronicle.Record(EventCode.ConfigRejected, now, new JsonObject
            {
                ["file"] = problem.File, ["line"] = problem.At.Line, ["column"] = problem.At.Column, ["problem"] = problem.What.In(Configured.Settings.Language),
            });
            return;
        }
        var change = SettingsChange.Between(Configured, fresh);
        if (change.NeedsRestart.Count > 0)
        {
            Chronicle.Record(EventCode.ConfigRejected, now, new JsonObject
            {
                ["file"] = fresh.File, ["problem"] = $"a restart is needed for: {string.Join(", ", change.NeedsRestart)}", ["opens_changed"] = change.OpensChanged,
            });
            return;
        }
        var before = Configured;
        Follow(fresh);
        if (before.Settings.Syslog != fresh.Settings.Syslog || before.Settings.Language != fresh.Settings.Language) BeginSyslog();
        if (before.Settings.Clock != fresh.Settings.Clock) BeginPolling();
        Receiving.Apply(Rules(fresh));
        Sentry.Apply(fresh.Settings);
        Chronicle.Record(EventCode.ConfigReloaded, now, new JsonObject { ["file"] = fresh.File, ["changed"] = new JsonArray([.. change.Changed.Select(key => JsonValue.Create(key))]) });
        Store.PruneQuarantine(fresh.Settings.Quarantine.Keep, fresh.Settings.Quarantine.Size);
    }

    /// <summary>
    /// Makes room where there is too little to stage. The first call removes rejected packages; the second also old
    /// releases; the third also what waits and would not be published; the fourth also what lies in the future.
    /// </summary>
    public void MakeRoom(StorageLow shortage, ClockReading now)
    {
        if (++shortages == 1) RecordLow(shortage.Free, shortage.Needed, null, now);
        Store.PruneRejected();
        if (shortages > 1) Publisher.Prune(keep: 0, now, mostWaiting: shortages == 2 ? WaitingRoom.Most : 1);
        if (shortages < 4) return;
        GiveFutureUp(now);
    }

    void GiveFutureUp(ClockReading now)
    {
        foreach (var release in Publisher.LetFutureGo(now)) Receiving.JudgeLater(release.Package, release.Corte);
    }

    public void RoomIsBack() => shortages = 0;

    /// <summary>
    /// Makes room for one delivery that does not fit, though the disk is not nearly full: removes rejected packages.
    /// Where a newer corte still does not fit, it also removes old releases and those of the future.
    /// </summary>
    public void MakeRoomFor(NoRoomFor asked, ClockReading now)
    {
        if (asked.IsFirst && now.Monotonic >= nextTold)
        {
            nextTold = now.Monotonic + (long)ToldEvery.TotalNanoseconds;
            RecordLow(asked.Spare + asked.Floor, asked.Floor, asked.Delivery, now);
        }
        Store.PruneRejected();
        if (asked is { IsFirst: false, IsNewer: true })
        {
            Publisher.Prune(keep: 0, now, mostWaiting: 1);
            GiveFutureUp(now);
        }
        Receiving.RoomWasMade();
    }

    void RecordLow(long free, long floor, string? delivery, ClockReading now) =>
        Chronicle.Record(EventCode.StorageLow, now, new JsonObject
        {
            ["path"] = Configured.Settings.Paths.State, ["free"] = free, ["min_free"] = floor, ["package"] = delivery,
        });

    public JsonObject Stalled(DeliveryStalled stalled, ClockReading now) => new()
    {
        ["package"] = stalled.Delivery,
        ["missing"] = new JsonArray([.. stalled.Awaited.Names.Select(path => JsonValue.Create(path))]),
        ["missing_total"] = stalled.Awaited.Total,
        ["until"] = new Corte((Time.TrustedTime(now) ?? now.System.ToOffset(Time.Profile.Opens.Offset)) + Configured.Settings.Drop.GiveUp).ToString(),
    };

    /// <summary>What cannot be journaled, or is no decision, is said on standard error.</summary>
    public void Complain(SystemFault fault) => diagnostics.Error("{Fault}", fault.Message);

    void Follow(Configured configured)
    {
        Configured = configured;
        Time.Follow(configured.Profile, configured.Settings.Clock);
        Intake.Settings = configured.Settings;
        Publisher.Settings = configured.Settings.Publication;
        Receipts.Folder = configured.Settings.Paths.Receipts;
    }

    /// <summary>A corte outside the window is the loop's to refuse: only it knows what is a rehearsal's.</summary>
    static ReceivingRules Rules(Configured configured) =>
        new(configured.Settings, VerificationRules.Of(configured.Settings, configured.Profile) with { Cortes = null });

    void BeginSyslog()
    {
        syslog?.Dispose();
        var settings = Configured.Settings.Syslog;
        syslog = new SyslogForwarder(
            Chronicle.Journal.Folder, Path.Combine(Configured.Settings.Paths.State, "syslog.seq"), SyslogTarget.Read(settings.Target)!, settings.Format,
            new SyslogIdentity(SyslogIdentity.FacilityNamed(settings.Facility)!.Value, Environment.MachineName, Environment.ProcessId, TimeZoneInfo.Local, settings.SdId, Configured.Settings.Language),
            problem => { if (problem is not null) diagnostics.Warning("syslog: {Problem}", problem); });
        Chronicle.Journal.Appended = syslog.Wake;
        syslog.Start();
    }

    /// <summary>The servers are asked now, and again soon.</summary>
    public void HurryPolling() => polling?.Hurry();

    void BeginPolling()
    {
        polling?.Stop();
        polling = new NtpPolling(new NtpClient(Configured.Settings.Clock.Servers), Configured.Settings.Clock.Poll, post, HostTimeClient.Ask);
        polling.Start();
    }
}
