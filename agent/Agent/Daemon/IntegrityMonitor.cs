using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Report;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Daemon;

/// <summary>
/// Joins all parts that watch what is public: the threads that look, the responder that heals, the probes, and the
/// notifications. The loop asks it after each turn; it never delays the loop, except to heal.
/// </summary>
sealed partial class IntegrityMonitor : IDisposable
{
    /// <summary>The most altered places that the status names.</summary>
    const int MostAltered = 20;

    readonly PublishedState state = new();
    readonly TamperResponder responder;
    readonly StartProof proof;
    readonly ReleaseStore store;
    readonly Action<AgentEvent, ClockReading> record;
    readonly TroubleBoard troubles;
    readonly Notifier notifier;
    readonly WatchAllowance watches;
    readonly Action<Signal> post;
    readonly Action<string> complain;
    readonly PublicFiles run, page;
    readonly ClockHistory samples = new();
    ProbeNoise probes = ProbeNoise.Silence;
    DateTimeOffset written;
    int publicationsWritten = -1;
    long pruned;
    TreeWatch? watch;
    Rescan? rescan;
    Heartbeat? heartbeat;
    List<Prober> probers = [];
    Settings settings;
    bool isRunning;

    /// <param name="watches">The watches that the kernel allows; those for published files come before the
    /// drop's.</param>
    /// <param name="complain">Called with problems that are not events.</param>
    public IntegrityMonitor(
        Settings settings, ReleaseStore store, EventRecorder recorder, TroubleBoard troubles, Notifier notifier,
        WatchAllowance watches,
        Action<Signal> post, Action<string> complain)
    {
        (this.settings, this.store, this.troubles, this.notifier) = (settings, store, troubles, notifier);
        (this.watches, this.post, this.complain) = (watches, post, complain);
        record = (happened, now) =>
        {
            troubles.OpenAlterations = responder!.Open.Count;
            recorder.Record(happened, now);
        };
        responder = new TamperResponder(store, new StoreFolders(settings.Paths.State), state, record);
        proof = new StartProof(store, record);
        run = new PublicFiles(settings.Paths.Run);
        page = new PublicFiles(Path.Combine(settings.Paths.Run, "page"));
        Apply(settings);
    }

    public Journal.SentinelStatus Status => new(
        responder.State.ToString().ToLowerInvariant(), state.Status.LastFullScan, state.Status.Overflows,
        state.Status.DetectionDelay is { } delay ? Math.Round(delay.TotalSeconds, 6) : null,
        state.Status.ScannedFiles, state.Status.FilesToScan, state.Status.Blind, state.Status.UnwatchedFolders)
    {
        Altered = [.. responder.Open.Take(MostAltered)
            .Select(one => new AlteredStatus(one.Release?.Value, one.Path, one.Code))],
        AlteredTotal = responder.Open.Count,
        Probes = settings.Sentinel.Probes.Count,
        ProbesGood = ProbesGood,
    };

    /// <summary>
    /// Compares what the journal says was published last with the links, before anything else is decided.
    /// </summary>
    public void AtStart(IReadOnlyList<JournalRecord> records, ClockReading now)
    {
        foreach (var root in new[] { Root.Public, Root.Rehearsal })
        {
            (CortePublished Published, DateTimeOffset At)? last = null;
            foreach (var known in records)
            {
                if (known.Happened is CortePublished published && published.Root == root)
                {
                    last = (published, known.BestTime);
                    if (root == Root.Public) store.WasPublished(published.Release);
                }
                else if (root == Root.Public
                    && known.Happened is Events.OperatorAction { Action: WithdrawSite.ActionName, Done: true })
                    last = null;
            }
            if (last is var (recorded, at)) proof.ProveRecord(recorded, at, now);
            proof.ProveLink(root, store.Sealed.FirstOrDefault(release => release.Id == last?.Published.Release), now);
        }
    }

    /// <summary>Starts the threads.</summary>
    public void Begin()
    {
        responder.Follow();
        watch = new TreeWatch(state, post, watches);
        watch.Start();
        BeginRescan();
        BeginProbes();
        isRunning = true;
    }

    /// <summary>Takes a new configuration.</summary>
    public void Apply(Settings fresh)
    {
        var before = settings;
        settings = fresh;
        responder.Heals = fresh.Sentinel.Heal;
        if (rescan is not null && before.Sentinel.Rescan != fresh.Sentinel.Rescan) BeginRescan();
        var probed = fresh.Sentinel.Probes.Select(probe => fresh.Sentinel.Shown(probe.Url)).ToList();
        probes = probes.Only(probed);
        troubles.Follow(fresh.Language);
        if (isRunning && !before.Sentinel.Probes.SequenceEqual(fresh.Sentinel.Probes)) BeginProbes();
        if (heartbeat is null || before.Notify.Heartbeat != fresh.Notify.Heartbeat)
        {
            heartbeat?.Dispose();
            heartbeat = fresh.Notify.Heartbeat is { } beat ? new Heartbeat(beat) : null;
        }
        notifier.Apply(fresh);
    }

    /// <summary>Takes the news that a release has become live.</summary>
    public void Published(Release release, Root root)
    {
        responder.Follow();
        if (root == Root.Public) state.CheckShown(release.Id);
    }

    /// <summary>Takes a signal of the sentinel's threads.</summary>
    /// <returns>False if the signal is not theirs.</returns>
    public bool Take(Signal signal, ClockReading now)
    {
        switch (signal)
        {
            case TreeAltered altered:
                var (detected, healed) = (responder.Detected, responder.Healed);
                responder.Take(altered, now);
                // What was altered must be seen to be served again as it was.
                if (detected != responder.Detected || healed != responder.Healed) ReadAgain();
                return true;
            case CorteUnseen unseen:
                if (store.Sealed.FirstOrDefault(release => release.Id == unseen.Release) is { } shown
                    && troubles.Unseen.IsNews(shown.Package))
                    record(new CorteNotShown(shown.Package, shown.Corte, shown.Id), now);
                return true;
            case RescanFinished scanned:
                // What an earlier run has found altered is over once all was hashed and nothing is.
                if (scanned.WasFull && responder.Open.Count == 0
                    && troubles.Of(Trouble.Integrity) is { } left && troubles.IsRecalled(left))
                    record(left.Ended(TroubleEndCause.FoundIntact, now.System), now);
                return true;
            case NotifyRan ran:
                TakeNotify(ran, now);
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

    /// <summary>Updates, after each turn of the loop, what must be published from now on.</summary>
    public void Turn() => responder.Follow();

    /// <summary>
    /// Gets whether altered trees remain that readers do not get now. They are healed one by one, while there is
    /// nothing else to do.
    /// </summary>
    public bool HasMore => responder.HasMore;

    public void HealMore(ClockReading now) => responder.Tick(now);

    /// <summary>Does what time requires.</summary>
    public void Tick(ClockReading now)
    {
        responder.Tick(now);
        TidyAfterHealing();
        EndUnconfigured(now);
        heartbeat?.Tell(troubles.IsWell, now.System);
    }

    /// <summary>
    /// Writes the metrics and the status page beside <c>status.json</c>. The page is written at most once a second,
    /// because nobody reads faster.
    /// </summary>
    public void Write(AgentStatus status)
    {
        try
        {
            run.Write("metrics.prom", MetricsText.Of(status, troubles.Tally, Measures()));
            if (status.WrittenAt - written < TimeSpan.FromSeconds(1) && status.WrittenAt >= written) return;
            written = status.WrittenAt;
            Sample(status);
            page.Write("index.html", StatusPage.Of(Language.Es, status, troubles.Tally, samples.Samples));
            page.Write("en.html", StatusPage.Of(Language.En, status, troubles.Tally, samples.Samples));
            if (publicationsWritten == troubles.Publications.Count) return;
            foreach (var name in new[] { "page.css", "page.js" }) page.Write(name, HtmlReport.Asset(name));
            page.Write("huellas.txt", Huellas.Text(settings.Language, status.Election, troubles.Publications));
            page.Write("huellas.json", Huellas.Json(status.Election, troubles.Publications));
            publicationsWritten = troubles.Publications.Count;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            complain(fault.Message);
        }
    }

    /// <summary>Removes old evidence after a healing, so that repeated tampering cannot fill the disk.</summary>
    void TidyAfterHealing()
    {
        if (pruned == responder.Healed) return;
        pruned = responder.Healed;
        store.Quarantine.Prune(settings.Quarantine.Keep, settings.Quarantine.Size);
    }

    void Sample(AgentStatus status)
    {
        if (status.Clock is not { OffsetSeconds: { } offset, Earliest: { } earliest, Latest: { } latest }) return;
        samples.Add(new ClockSample(status.WrittenAt, offset, (latest - earliest).TotalSeconds / 2));
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
        notifier.Dispose();
        responder.Dispose();
    }

    WatchMeasures Measures()
    {
        var seen = state.Status;
        return new WatchMeasures(
            seen.LastFullScan, seen.LastScanTook.TotalSeconds, seen.LastScanWorked.TotalSeconds, seen.LastScanFiles,
            seen.Overflows,
            seen.DetectionDelay?.TotalSeconds, responder.Detected + proof.Detected, responder.Healed + proof.Healed,
            responder.Failures + proof.Failures, seen.Blind,
            probes.Last.ToDictionary(probe => probe.Key, probe => probe.Value is null));
    }

    void BeginRescan()
    {
        rescan?.Dispose();
        rescan = new Rescan(state, watch!, settings.Sentinel.Rescan, () => HostClock.Read().System, post);
        rescan.Start();
    }
}
