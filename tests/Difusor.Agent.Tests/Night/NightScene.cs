using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Tests.Gate;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Night;

/// <summary>
/// A night in virtual time: all that decides, joined as in the daemon, with its releases and its journal in memory. The
/// gate opens on 6 June 2021 at 20:00, and rehearsals are on 31 May, 1 and 2 June from 9 to 17.
/// </summary>
sealed class NightScene : IReceipts, IReceiver
{
    readonly VirtualHost host;

    readonly ElectionProfile profile;

    /// <param name="at">The true time at which it starts: <c>19:00</c> of 6 June, or a whole instant.</param>
    public NightScene(string at = "19:00", Settings? settings = null, ElectionProfile? profile = null)
    {
        this.profile = profile ?? VirtualHost.Profile;
        Settings = settings ?? Configuration();
        host = new VirtualHost(At(at), Settings.Clock);
        Restart();
    }

    /// <summary>The configuration with all defaults.</summary>
    public static Settings Configuration() => new() { Election = "ieem-2021" };

    public Settings Settings { get; set; }
    public MemoryReleases Releases { get; } = new();
    public MemoryJournal Journal { get; } = new();
    public NightClock Clock { get; private set; } = null!;
    public EventRecorder Recorder { get; private set; } = null!;
    public GateKeeper Gate { get; private set; } = null!;
    public Publisher Publisher { get; private set; } = null!;
    public VerdictHandler Verdicts { get; private set; } = null!;
    public OperatorCommands Operator { get; private set; } = null!;
    public CadenceWatch Cadence { get; private set; } = null!;
    public StorageTrouble Storage { get; private set; } = null!;
    public TroubleBoard Troubles { get; private set; } = null!;
    public TroubleEnds Ends { get; private set; } = null!;
    public SyslogWatch Syslog { get; private set; } = null!;
    public IgnoredWatch Ignored { get; private set; } = null!;
    public DoorWatch Door { get; private set; } = null!;
    public StatusReport Report { get; private set; } = null!;

    /// <summary>Acuses: a delivery and its state, in the order in which they were written.</summary>
    public List<(string Delivery, PackageState State)> Receipts { get; } = [];

    /// <summary>What <c>ultimo.json</c> holds: the delivery of the last acuse, and its state.</summary>
    public (string Delivery, PackageState State) Ultimo { get; private set; }

    /// <summary>What the sentinel was told to be live, in this order.</summary>
    public List<(string Package, Root Root)> Served { get; } = [];

    /// <summary>What the sentinel throws when it is told next; null: nothing.</summary>
    public Exception? SentinelFault { get; set; }

    /// <summary>What <c>notify.command</c> was told.</summary>
    public List<string> Notices { get; } = [];

    /// <summary>What the receiver knows of the drop.</summary>
    public DropFacts Drop { get; set; } = new(AnyUnjudged: true, AnyRejected: true, AnySetAside: true);

    /// <summary>What is wrong now: the events that show it, in the order of the table.</summary>
    public IEnumerable<string> Wrong => Troubles.Troubles.Select(trouble => trouble.Event);

    /// <summary>What the receiver sees in the drop; nobody has looked there yet.</summary>
    public DropSight Sight { get; set; } = new([], default);

    public int Rejudged { get; private set; }
    public List<PublishByHand> ByHand { get; } = [];

    /// <summary>Whether the last poll asks for the next one sooner.</summary>
    public bool IsHurried { get; private set; }

    public ClockReading Now => host.Reading;

    /// <summary>The system clock less true time.</summary>
    public TimeSpan SystemError { set => host.SystemError = value.Ticks * 100d; }

    /// <summary>The events so far, as one line: their MSGIDs.</summary>
    public string Told => string.Join(" ", Journal.Records.Select(record => record.Event));

    /// <summary>What is live in the public root: its corte's hour and minute; null: the notice page.</summary>
    public string? Live => Show(Releases.Live(Root.Public));

    public string? Rehearsed => Show(Releases.Live(Root.Rehearsal));

    /// <summary>The last event of a kind.</summary>
    public T Last<T>() where T : AgentEvent => Journal.Records.Select(record => record.Happened).OfType<T>().Last();

    public int Count(EventCode code) => Journal.Records.Count(record => record.Happened?.Code == code);

    /// <summary>Begins anew with what lies on disk, as after a crash.</summary>
    public void Restart()
    {
        Clock = new NightClock(profile, Settings.Clock);
        Troubles = new TroubleBoard(Settings.Language, Notices.Add);
        Recorder = new EventRecorder(Journal, Clock, Troubles.Hear);
        Storage = new StorageTrouble(Recorder);
        Ends = new TroubleEnds(Recorder, Troubles, Clock, Now);
        Ignored = new IgnoredWatch(Recorder, Troubles, Clock);
        Door = new DoorWatch(Recorder, Troubles, Clock);
        Syslog = new SyslogWatch(Recorder, Troubles);
        Syslog.Follow(Settings.Syslog.All);
        Gate = new GateKeeper(Clock, Recorder, Settings.Clock);
        Publisher =
            new Publisher(Releases, Recorder, Clock, this, Settings.Publication, () => host.Reading, Serve);
        Verdicts = new VerdictHandler(Releases, Recorder, Clock, Publisher, this, Settings, Now);
        Operator = new OperatorCommands(Releases, Recorder, Clock, Publisher, Verdicts, this);
        Cadence = new CadenceWatch(Releases, Recorder, Clock, Publisher, Settings.Publication);
        Report = new StatusReport(Releases, Recorder, Clock, Publisher, "0", 1);
        foreach (var record in Journal.Records)
        {
            Troubles.Recall(record);
            Recorder.Recall(record);
        }
        Gate.Remember(Journal.Records);
        Publisher.Recall(Journal.Records);
        Cadence.Recall(Troubles.Of(Trouble.Corte), Now);
        Publisher.RecordWhatACrashLeft([.. Journal.Records], Now);
        Turn();
    }

    /// <summary>What the loop does at each turn.</summary>
    public void Turn()
    {
        Storage.Tell(Now);
        Gate.Decide(Now);
        Publisher.EndRehearsal(Now);
        Publisher.PublishDue(Now);
        Verdicts.AssignRoots(Now);
        Publisher.PublishDue(Now);
        Publisher.Prune(Now);
        Cadence.Tick(Sight, Now);
        Door.Tick(Sight.Door, Now);
        Ignored.Tick(Sight.Ignored, Clock.Rehearsal is null ? null : Root.Rehearsal, Now);
        Syslog.Tick([.. Settings.Syslog.All.Select(target => new SyslogStatus(target, 7))], Now);
        Ends.Tick(Drop, Now);
    }

    /// <summary>Four honest servers answer.</summary>
    public void Poll(HostTime? asked = null) => Poll(asked, 0.001, -0.003, 0.002, 0);

    /// <summary>Servers answer that are off by so many seconds each.</summary>
    public void Poll(params double[] offsets) => Poll(null, offsets);

    void Poll(HostTime? asked, params double[] offsets)
    {
        ImmutableArray<ServerReply> replies = [.. offsets.Select((offset, at) => host.Reply($"s{at}", offset, 0.02))];
        IsHurried = Gate.Take(new NtpPoll(replies, Now, Now), asked);
        Turn();
    }

    /// <summary>Time goes on to an instant, with a poll of honest servers there.</summary>
    public void To(string time)
    {
        Quietly(time);
        Poll();
    }

    /// <summary>Time goes on to an instant, and no server answers.</summary>
    public void Quietly(string time)
    {
        host.Pass(TimeSpan.FromTicks((long)((TrueInterval.Nanoseconds(At(time)) - host.True) / 100)));
        Turn();
    }

    public void Suspend(TimeSpan time) => host.Suspend(time);

    /// <summary>A package has its verdict: accepted, or rejected by these reasons.</summary>
    /// <param name="corte">The hour and minute of 6 June, or a whole instant.</param>
    /// <param name="note">What makes its bytes others.</param>
    public Arrival Deliver(string corte, string note = "", string? series = null, params ReasonCode[] reasons)
    {
        var arrival = Judged(corte, note, series, reasons);
        Verdicts.Take(arrival, Now);
        return arrival;
    }

    public Arrival Judged(string corte, string note = "", string? series = null, params ReasonCode[] reasons) =>
        Judged(corte, note, series, [], reasons);

    /// <summary>An operator has a package published by hand.</summary>
    public (OperatorReply Reply, Arrival Arrival) Publish(
        string corte, IReadOnlyList<string> waived, params ReasonCode[] reasons)
    {
        var arrival = Judged(corte, "", null, waived, reasons);
        return (Ask(new PublishByHand($"/tmp/{arrival.Delivery}", "prueba", waived), request =>
            Operator.Take(arrival, request, Now)), arrival);
    }

    Arrival Judged(
        string corte, string note, string? series, IReadOnlyList<string> waived, IEnumerable<ReasonCode> reasons)
    {
        var (at, package) = (new Corte(At(corte)), $"PREP_{corte.Replace(":", "", StringComparison.Ordinal)}{note}");
        var verdict = new Verdict(
            package, at, series, 3, 100, DigestAlgorithm.Sha256, $"huella {corte} {note}",
            [.. reasons.Select(reason => Finding.Of(reason, "a.html", "seen"))], [], []);
        return new Arrival(package, verdict, Releases.Stage(package), Now, Now) { Waived = waived };
    }

    /// <summary>Asks as an operator does, and returns the answer.</summary>
    public OperatorReply Ask(OperatorCommand action) => Ask(action, request => Operator.Answer(request, Now));

    static OperatorReply Ask(OperatorCommand action, Action<OperatorRequest> ask)
    {
        var request =
            new OperatorRequest(action, new Operator(1000, "sysadmin"), new TaskCompletionSource<OperatorReply>());
        ask(request);
        Assert.True(request.Reply.Task.IsCompletedSuccessfully, $"{action.Name} had no answer");
        return Bounded.Result(request.Reply.Task, "the answer");
    }

    public AgentStatus Status() => Report.At(
        Now, new StatusSources([], 0, new SentinelStatus("intact", null, 0), Troubles.Troubles)
        {
            Night = Troubles.Night, Ignored = Sight.Ignored,
            Syslog = [.. Settings.Syslog.All.Select(target => new SyslogStatus(target, 0))],
        });

    /// <summary>A night whose gate has opened, with these cortes delivered, each in its minute.</summary>
    internal static NightScene Open(params string[] cortes)
    {
        var night = new NightScene("20:01");
        night.Poll();
        foreach (var corte in cortes)
        {
            night.To(corte.CompareTo("20:01") > 0 ? corte : "20:02");
            night.Deliver(corte);
        }
        return night;
    }

    internal static ActivateRelease Activate(string corte, bool hold = false) => new(Stamp(corte), "prueba", hold);

    public static DateTimeOffset At(string time) => time.Length > 5
        ? DateTimeOffset.Parse($"{time}-05:00") : DateTimeOffset.Parse($"2021-06-06T{time}:00-05:00");

    /// <summary>A corte as operators type it.</summary>
    public static string Stamp(string time) => new Corte(At(time)).ToString();

    static string? Show(Release? release) => release?.Corte.At.ToString("HH:mm");

    void Serve(Release release, Root root)
    {
        Served.Add((release.Package, root));
        if (SentinelFault is not { } fault) return;
        SentinelFault = null;
        throw fault;
    }

    void IReceipts.Write(
        string delivery, PackageState state, Verdict verdict, DateTimeOffset at, bool isRehearsal) =>
        Write(delivery, state, isLast: true, !verdict.Reasons.IsEmpty);

    void IReceipts.Write(Release release, PackageState state, DateTimeOffset at, bool isLast, Finding? reason) =>
        Write(release.Package, state, isLast, reason is not null);

    void Write(string delivery, PackageState state, bool isLast, bool saysWhy)
    {
        Assert.Equal(state == PackageState.Rejected, saysWhy);
        Receipts.Add((delivery, state));
        if (isLast) Ultimo = (delivery, state);
    }

    void IReceiver.Rejudge() => Rejudged++;

    void IReceiver.Judge(PublishByHand action, OperatorRequest request)
    {
        ByHand.Add(action);
        request.Answer(OperatorReply.Of(OperatorOutcome.Done, "published"));
    }
}
