using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent;

/// <summary>
/// All that watches over what is public, joined: the threads that look, the guard that heals, the overdue rule, and whom it tells. The loop
/// asks it after each turn; it never holds the loop up but for a heal.
/// </summary>
sealed partial class Sentry : IDisposable
{
    /// <summary>An hour of the clock, one each five seconds.</summary>
    const int MostSamples = 720;

    readonly PublishedState state = new();
    readonly Guard guard;
    readonly StartProof proof;
    readonly ReleaseStore store;
    readonly Action<AgentEvent, ClockReading> record;
    readonly Action<string> complain;
    readonly Tally tally = new();
    readonly PublicFiles run, page;
    readonly Queue<ClockSample> samples = new();
    readonly List<JournalRecord> publications = [];
    ProbeNoise probes = ProbeNoise.Silence;
    DateTimeOffset written;
    int publicationsWritten = -1;
    long pruned;
    TreeWatch? watch;
    Rescan? rescan;
    NotifyCommand? notify;
    Heartbeat? heartbeat;
    List<Prober> probers = [];
    Action<Signal> post = _ => { };
    Condition condition = Condition.Well;
    OverdueWatch overdue = OverdueWatch.Calm;
    Settings settings;
    bool isRunning;

    public Sentry(Settings settings, ReleaseStore store, Action<AgentEvent, ClockReading> record, Action<string> complain)
    {
        (this.settings, this.store, this.record, this.complain) = (settings, store, record, complain);
        guard = new Guard(store, new StoreFolders(settings.Paths.State), state, record);
        proof = new StartProof(store, record);
        run = new PublicFiles(settings.Paths.Run);
        page = new PublicFiles(Path.Combine(settings.Paths.Run, "page"));
        Apply(settings);
    }

    /// <summary>Watches for what is published come before the drop's.</summary>
    public WatchAllowance Watches { private get; init; } = new();

    /// <summary>Whether the opening has been proven: a gate that is closed before it is no trouble.</summary>
    public Func<bool> Opened { private get; set; } = () => false;

    public Journal.SentinelStatus Status => new(
        guard.State.ToString().ToLowerInvariant(), state.Status.LastFullScan, state.Status.Overflows,
        state.Status.DetectionDelay is { } delay ? Math.Round(delay.TotalSeconds, 6) : null,
        state.Status.ScannedFiles, state.Status.FilesToScan, state.Status.Blind, state.Status.UnwatchedFolders);

    /// <summary>What is wrong now, as event codes.</summary>
    public IReadOnlyList<string> Troubles => [.. condition.Bad.Values.Select(bad => Texts.EventCatalogue.Id(bad.Code)).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>What the journal says was published last, against what the links say: before anything else is decided.</summary>
    public void AtStart(IReadOnlyList<JournalRecord> records, ClockReading now)
    {
        publications.AddRange(records.Where(IsPublic));
        foreach (var root in new[] { Root.Public, Root.Rehearsal })
        {
            JournalRecord? last = null;
            foreach (var known in records)
            {
                if (known.Event == "CORTE_PUBLISHED" && ((string?)known.Fields["root"] ?? "public") == Name(root)) last = known;
                else if (root == Root.Public && known.Event == "OPERATOR_ACTION" && (string?)known.Fields["action"] == "withdraw") last = null;
            }
            if (last is not null) proof.ProveRecord(root, last, now);
            proof.ProveLink(root, store.Sealed.FirstOrDefault(release => release.Id.Value == (string?)last?.Fields["release"]), now);
        }
    }

    /// <summary>Starts the threads.</summary>
    public void Begin(Action<Signal> post)
    {
        this.post = post;
        guard.Follow();
        watch = new TreeWatch(state, post, Watches);
        watch.Start();
        BeginRescan();
        BeginProbes();
        isRunning = true;
    }

    /// <summary>A new configuration.</summary>
    public void Apply(Settings fresh)
    {
        var before = settings;
        settings = fresh;
        guard.Heals = fresh.Sentinel.Heal;
        if (rescan is not null && before.Sentinel.Rescan != fresh.Sentinel.Rescan) BeginRescan();
        var probed = fresh.Sentinel.Probes.Select(probe => fresh.Sentinel.Shown(probe.Url)).ToList();
        (probes, condition) = (probes.Only(probed), condition.OnlyProbes(probed));
        if (isRunning && !before.Sentinel.Probes.SequenceEqual(fresh.Sentinel.Probes)) BeginProbes();
        if (heartbeat is null || before.Notify.Heartbeat != fresh.Notify.Heartbeat)
        {
            heartbeat?.Dispose();
            heartbeat = fresh.Notify.Heartbeat is { } beat ? new Heartbeat(beat) : null;
        }
        var (old, now) = (before.Notify, fresh.Notify);
        if (notify is not null && old.Command == now.Command && old.Environment == now.Environment) return;
        notify?.Dispose();
        notify = now.Command is { } command ? new NotifyCommand(command, complain, environment: now.Environment) : null;
    }

    /// <summary>A release has become live.</summary>
    public void Published(Release release, Root root)
    {
        guard.Follow();
        if (root == Root.Public) state.CheckShown(release.Id);
    }

    /// <summary>What the sentinel's threads tell.</summary>
    /// <returns>False: the signal is not theirs.</returns>
    public bool Take(Signal signal, ClockReading now)
    {
        switch (signal)
        {
            case TreeAltered altered:
                guard.Take(altered, now);
                return true;
            case CorteUnseen unseen:
                if (store.Sealed.FirstOrDefault(release => release.Id == unseen.Release) is { } shown)
                    record(new AgentEvent(EventCode.CorteNotShown, new JsonObject
                    {
                        ["package"] = shown.Package, ["corte"] = shown.Corte.ToString(), ["release"] = shown.Id.Value,
                    }), now);
                return true;
            case RescanFinished:
                return true;
            case SentinelSight sight:
                record(SightEvents.Of(sight.Unwatched, sight.Watched, sight.Refusal, WatchLimit.Read()), now);
                return true;
            case ProbeFinished finished:
                TakeProbe(finished, now);
                return true;
            case SentinelTroubled trouble:
                complain(trouble.Error);
                return true;
            default:
                return false;
        }
    }

    /// <summary>After each turn of the loop: what must be published from now on.</summary>
    public void Turn() => guard.Follow();

    /// <summary>Trees are altered that nobody is served now: to be healed one by one, while nothing else is to be done.</summary>
    public bool HasMore => guard.HasMore;

    public void HealMore(ClockReading now) => guard.Tick(now);

    /// <summary>What time brings.</summary>
    /// <param name="now">The clocks.</param>
    /// <param name="trusted">True time, or the system's where there is none.</param>
    public void Tick(ClockReading now, DateTimeOffset trusted, CorteProgress progress, ElectionProfile profile)
    {
        guard.Tick(now);
        TidyAfterHealing();
        EndFaults(now);
        if (condition.IsWell) heartbeat?.Well(now.System);
        (var alarm, overdue) = overdue.Ask(progress, trusted, profile, settings.Publication.Grace);
        if (alarm is null) return;
        record(new AgentEvent(EventCode.CorteOverdue, new JsonObject
        {
            ["corte"] = progress.Live?.ToString(),
            ["published_at"] = new Packages.Corte(progress.Since).ToString(),
            ["cause"] = alarm.CauseCode,
            ["packages"] = new JsonArray([.. alarm.Packages.Select(name => JsonValue.Create(name))]),
            ["cadence_seconds"] = profile.Cadence.TotalSeconds,
        }), now);
    }

    /// <summary>Told of each record, once it is on disk.</summary>
    public void Hear(JournalRecord happened)
    {
        tally.Hear(happened);
        if (IsPublic(happened)) publications.Add(happened);
        if (happened.Event == "INTERNAL_FAULT") lastFault = HostClock.Read().Monotonic;
        if (Texts.EventCatalogue.Named(happened.Event) is not { } entry) return;
        if (entry.Code == EventCode.TamperHealed && guard.Open.Count > 0) return; // one of several: it is not well yet
        (var change, condition) = condition.Hear(entry.Code, happened.Fields, Opened());
        if (change is not null) notify?.Tell(NoticeText.Of(change, happened, settings.Language));
    }

    /// <summary>Writes the metrics and the status page beside <c>status.json</c>; the page at most once a second, for nobody reads faster.</summary>
    public void Write(AgentStatus status)
    {
        try
        {
            run.Write("metrics.prom", MetricsText.Of(status, tally, Measures()));
            if (status.WrittenAt - written < TimeSpan.FromSeconds(1) && status.WrittenAt >= written) return;
            written = status.WrittenAt;
            Sample(status);
            page.Write("index.html", StatusPage.Of(Language.Es, status, tally, samples));
            page.Write("en.html", StatusPage.Of(Language.En, status, tally, samples));
            if (publicationsWritten == publications.Count) return;
            foreach (var name in new[] { "page.css", "page.js" }) page.Write(name, StatusPage.Asset(name));
            page.Write("huellas.txt", Huellas.Text(settings.Language, status.Election, publications));
            page.Write("huellas.json", Huellas.Json(status.Election, publications));
            publicationsWritten = publications.Count;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            complain(fault.Message);
        }
    }

    /// <summary>Whoever tampers again and again does not fill the disk with what was set aside.</summary>
    void TidyAfterHealing()
    {
        if (pruned == guard.Healed) return;
        pruned = guard.Healed;
        store.PruneQuarantine(settings.Quarantine.Keep, settings.Quarantine.Size);
    }

    void Sample(AgentStatus status)
    {
        if (status.Clock is not { OffsetSeconds: { } offset, Earliest: { } earliest, Latest: { } latest }) return;
        samples.Enqueue(new ClockSample(status.WrittenAt, offset, (latest - earliest).TotalSeconds / 2));
        if (samples.Count > MostSamples) samples.Dequeue();
    }

    public void End()
    {
        EndProbes();
        heartbeat?.Dispose();
        rescan?.Dispose();
        watch?.Dispose();
    }

    public void Dispose()
    {
        notify?.Dispose();
        guard.Dispose();
    }

    WatchMeasures Measures()
    {
        var seen = state.Status;
        return new WatchMeasures(
            seen.LastFullScan, seen.LastScanTook.TotalSeconds, seen.LastScanWorked.TotalSeconds, seen.LastScanFiles, seen.Overflows,
            seen.DetectionDelay?.TotalSeconds, guard.Detected + proof.Detected, guard.Healed + proof.Healed, guard.Failures + proof.Failures, seen.Blind,
            probes.Last.ToDictionary(probe => probe.Key, probe => probe.Value is null));
    }

    void BeginRescan()
    {
        rescan?.Dispose();
        rescan = new Rescan(state, watch!, settings.Sentinel.Rescan, () => HostClock.Read().System, post);
        rescan.Start();
    }

    static bool IsPublic(JournalRecord record) => record.Event == "CORTE_PUBLISHED" && ((string?)record.Fields["root"] ?? "public") == "public";

    static string Name(Root root) => root == Root.Public ? "public" : "rehearsal";
}
