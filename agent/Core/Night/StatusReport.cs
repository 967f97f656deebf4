using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Publication;
using Difusor.Agent.Report;

namespace Difusor.Agent.Night;

/// <summary>What the parts beside the loop report for the status.</summary>
/// <param name="Deliveries">The deliveries in hand, and some of those that wait.</param>
/// <param name="Unjudged">How many deliveries have no verdict yet, including those that are not listed.</param>
/// <param name="Troubles">What is wrong now.</param>
public sealed record StatusSources(
    IReadOnlyList<DeliveryProgress> Deliveries, int Unjudged, Journal.SentinelStatus Sentinel,
    IReadOnlyList<TroubleStatus> Troubles)
{
    /// <summary>Gets the name of this instance: that of its configuration file.</summary>
    public string Instance { get; init; } = AgentStatus.OnlyInstance;
    /// <summary>Gets what is in the drop and is not a delivery; default: nothing has looked yet.</summary>
    public ImmutableArray<IgnoredEntry> Ignored { get; init; }
    public IReadOnlyList<SyslogStatus> Syslog { get; init; } = [];
    public NotifyStatus? Notify { get; init; }
    /// <summary>Gets the digest of the configuration in force.</summary>
    public string? ConfigurationSha256 { get; init; }
    /// <summary>Gets what has happened to the cortes; null: nothing is told about them.</summary>
    public NightStory? Night { get; init; }
}

/// <summary>Collects what the agent reports about itself in <c>status.json</c> (contract, section 9).</summary>
/// <param name="version">The version of the program.</param>
/// <param name="pid">The id of the process.</param>
public sealed class StatusReport(
    IReleases releases, EventRecorder recorder, NightClock clock, Publisher publisher, string version, int pid)
{
    /// <summary>Returns the status at an instant.</summary>
    public AgentStatus At(ClockReading now, StatusSources sources)
    {
        var bound = clock.Bound(now);
        var live = releases.Live(Root.Public);
        return new AgentStatus
        {
            Version = version,
            Pid = pid,
            WrittenAt = now.System.ToOffset(Offset),
            Election = clock.Profile.Id,
            Gate = Gate(),
            Clock = new ClockStatus(
                bound is not null, bound?.Earliest.ToOffset(Offset), bound?.Latest.ToOffset(Offset),
                bound is { } known ? Math.Round((now.System - known.Middle).TotalSeconds, 6)
                    : null) { Servers = Servers() },
            Published = live is null ? null : Describe(live, publisher.PublishedSince ?? live.SealedAt),
            Rehearsal = releases.Live(Root.Rehearsal) is { } rehearsed ? Describe(rehearsed, rehearsed.SealedAt) : null,
            Held = [.. publisher.Held(now)
                .Select(release =>
                new HeldStatus(release.Id.Value, release.Corte.At, publisher.HeldReason(release, now).Code()))],
            Hold = releases.Choice(Root.Public) is { Hold: true } choice
                ? new HoldStatus(
                    choice.Release is { } id ? releases.Sealed.FirstOrDefault(release => release.Id == id)?.Corte.At
                    : null, choice.Reason, choice.At.ToOffset(Offset))
                : null,
            Deliveries = [.. sources.Deliveries.Select(Describe)],
            DeliveriesTotal = sources.Unjudged,
            Ignored = [.. Quiet(sources.Ignored).Take(MostIgnoredShown).Select(entry => new IgnoredStatus(
                entry.Name, KebabCase.Of(entry.Cause.ToString()), entry.Changed.ToOffset(Offset)))],
            IgnoredTotal = Quiet(sources.Ignored).Count(),
            LastRejections = [.. recorder.Rejections.Reverse().Select(Rejection)],
            Sentinel = Local(sources.Sentinel),
            Journal = new JournalStatus(recorder.Journal.Seq, recorder.Journal.Head),
            Troubles = [.. sources.Troubles.Select(open => open with { Since = open.Since.ToOffset(Offset) })],
            Instance = sources.Instance,
            Syslog = sources.Syslog,
            Notify = sources.Notify,
            ConfigurationSha256 = sources.ConfigurationSha256,
            Period = Period(),
            Cortes = sources.Night?.Cortes(Offset) ?? [],
            Alterations = sources.Night?.Alterations(Offset) ?? [],
        };
    }

    PeriodStatus Period() => new(
        clock.Profile.Title, clock.Profile.Authority, clock.Profile.KeepUntil, clock.Profile.LastCorte,
        clock.Profile.Cadence.TotalSeconds)
    {
        Rehearsals = [.. clock.Profile.Rehearsals.Select(window => new WindowStatus(window.From, window.To))],
    };

    SentinelStatus Local(SentinelStatus seen) => seen with { LastFullScan = seen.LastFullScan?.ToOffset(Offset) };

    TimeSpan Offset => clock.Profile.Opens.Offset;

    GateStatus Gate()
    {
        var decision = clock.Decision;
        return decision.Reason is { } reason
            ? new GateStatus("closed", reason.Code(), clock.Profile.Opens, Missing(decision))
            : new GateStatus("open", null, clock.Profile.Opens);
    }

    static MissingStatus Missing(GateDecision decision) => new(
        decision.TimeLeft is { } left ? Math.Round(left.TotalSeconds, 3) : null, decision.SelectionsMissing,
        decision.WithoutServersFor is { } silent ? Math.Round(silent.TotalSeconds, 3) : null);

    IReadOnlyList<ServerStatus> Servers()
    {
        if (clock.State.LastPoll is not { } poll) return [];
        return [.. poll.Replies.Select(reply => new ServerStatus(
            reply.Address.Length > 0 ? reply.Address : reply.Server,
            reply.Sample is null ? "silent" : clock.State.Falsetickers.ContainsKey(reply.Server) ? "falseticker"
                : "agrees",
            reply.Sample is { } sample ? OffsetOfSystem(sample, poll.Finished) : null,
            reply.Sample is { } measured ? ClockChanges.Seconds(measured.Distance) : null))];
    }

    /// <summary>Returns the system clock minus the time of one server, in seconds.</summary>
    static double OffsetOfSystem(NtpSample sample, ClockReading read) =>
        ClockChanges.Seconds(TrueInterval.Nanoseconds(read.System) - (read.Raw + sample.Offset));

    PublishedStatus Describe(Release release, DateTimeOffset since) =>
        new(release.Corte.At, since.ToOffset(Offset), release.Id.Value, release.Files, release.Series,
            release.ManifestSha256);

    DeliveryStatus Describe(DeliveryProgress one) =>
        new(one.Delivery, one.Waits ? "waiting" : one.State switch
        {
            DeliveryState.Arriving or DeliveryState.Judged => "arriving",
            DeliveryState.Stalled => "stalled",
            DeliveryState.Judging => "verifying",
            DeliveryState.SetAside => "set-aside",
        }, one.Files, one.Bytes, one.FirstSeen.System.ToOffset(Offset));

    /// <summary>The most entries shown that are not deliveries.</summary>
    public const int MostIgnoredShown = 50;

    static IEnumerable<IgnoredEntry> Quiet(ImmutableArray<IgnoredEntry> entries) =>
        entries.IsDefault ? [] : entries.Where(entry => entry.IsQuiet);

    /// <summary>
    /// The most reasons shown per rejection; the acuse, the journal and quarantine/ID/verdict.json have more.
    /// </summary>
    const int MostReasonsShown = 20;

    RejectionStatus Rejection((PackageRejected Rejected, DateTimeOffset At) one) => new(
        one.Rejected.Package, one.Rejected.Corte?.At, one.At.ToOffset(Offset),
        [.. one.Rejected.Reasons.Take(MostReasonsShown)
            .Select(reason => new RejectionReason(reason.Code, reason.Path, reason.Detail))],
        one.Rejected.ReasonsTotal ?? one.Rejected.Reasons.Count)
    {
        Rehearsal = one.Rejected.Root == Root.Rehearsal,
    };
}
