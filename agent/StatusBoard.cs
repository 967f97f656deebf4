using System.Text.Json.Nodes;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;
using Difusor.Agent.Publication;

namespace Difusor.Agent;

/// <summary>Gathers what the agent says of itself, and writes <c>status.json</c> (contract, section 9).</summary>
sealed class StatusBoard(ReleaseStore store, Chronicle chronicle, Timekeeper time, Publisher publisher, Func<IReadOnlyList<DeliveryProgress>> deliveries)
{
    /// <summary>The state of the sentinel; it has looked at nothing yet where nobody says.</summary>
    public Func<Journal.SentinelStatus> Sentinel { private get; set; } = () => new Journal.SentinelStatus("intact", null, 0);

    /// <summary>How many deliveries have no verdict yet, those included that are not listed.</summary>
    public Func<int> Unjudged { private get; set; } = () => 0;

    /// <summary>Event codes of what is wrong now.</summary>
    public Func<IReadOnlyList<string>> Troubles { private get; set; } = () => [];

    /// <summary>Writes the file that readers find whole at any instant.</summary>
    public Action<byte[]> Writer { private get; set; } = _ => { };

    /// <summary>Told of each status that is written, for what is written beside it.</summary>
    public Action<AgentStatus> Beside { private get; set; } = _ => { };

    public void Write(ClockReading now)
    {
        var status = Gather(now);
        Writer(status.ToJson());
        Beside(status);
    }

    public AgentStatus Gather(ClockReading now)
    {
        var bound = time.Bound(now);
        var live = store.Live(Root.Public);
        return new AgentStatus
        {
            Version = Cli.CommandLine.Version,
            Pid = Environment.ProcessId,
            WrittenAt = now.System.ToOffset(Offset),
            Election = time.Profile.Id,
            Gate = Gate(),
            Clock = new ClockStatus(
                bound is not null, bound?.Earliest.ToOffset(Offset), bound?.Latest.ToOffset(Offset),
                bound is { } known ? Math.Round((now.System - known.Middle).TotalSeconds, 6) : null) { Servers = Servers() },
            Published = live is null ? null : Describe(live, publisher.PublishedSince ?? live.SealedAt),
            Rehearsal = store.Live(Root.Rehearsal) is { } rehearsed ? Describe(rehearsed, rehearsed.SealedAt) : null,
            Held = [.. publisher.Held(now).Select(release => new HeldStatus(release.Id.Value, release.Corte.At, publisher.HeldReason(release, now)))],
            Hold = store.Choice(Root.Public) is { Hold: true } choice
                ? new HoldStatus(choice.Release is { } id ? store.Sealed.FirstOrDefault(release => release.Id == id)?.Corte.At : null, choice.Reason, choice.At.ToOffset(Offset))
                : null,
            Deliveries = [.. deliveries().Select(Describe)],
            DeliveriesTotal = Unjudged(),
            LastRejections = [.. chronicle.Rejections.Reverse().Select(Rejection)],
            Sentinel = Local(Sentinel()),
            Journal = new JournalStatus(chronicle.Journal.Seq, chronicle.Journal.Head),
            Troubles = Troubles(),
        };
    }

    SentinelStatus Local(SentinelStatus seen) => seen with { LastFullScan = seen.LastFullScan?.ToOffset(Offset) };

    TimeSpan Offset => time.Profile.Opens.Offset;

    GateStatus Gate()
    {
        var decision = time.Decision;
        var reason = decision is null ? GateReason.ClockUnsynchronized.Code() : decision.Reason?.Code();
        return new GateStatus(reason is null ? "open" : "closed", reason, time.Profile.Opens, decision is null || decision.Open ? null : Missing(decision));
    }

    static MissingStatus Missing(GateDecision decision) => new(
        decision.TimeLeft is { } left ? Math.Round(left.TotalSeconds, 3) : null, decision.SelectionsMissing,
        decision.WithoutServersFor is { } silent ? Math.Round(silent.TotalSeconds, 3) : null);

    IReadOnlyList<ServerStatus> Servers()
    {
        if (time.Clock.LastPoll is not { } poll) return [];
        return [.. poll.Replies.Select(reply => new ServerStatus(
            reply.Address.Length > 0 ? reply.Address : reply.Server,
            reply.Sample is null ? "silent" : time.Clock.Falsetickers.ContainsKey(reply.Server) ? "falseticker" : "agrees",
            reply.Sample is { } sample ? OffsetOfSystem(sample, poll.Finished) : null,
            reply.Sample is { } measured ? ClockEvents.Seconds(measured.Distance) : null))];
    }

    /// <summary>The system clock against what one server says, in seconds.</summary>
    static double OffsetOfSystem(NtpSample sample, ClockReading read) =>
        ClockEvents.Seconds(TrueInterval.Nanoseconds(read.System) - (read.Raw + sample.Offset));

    PublishedStatus Describe(Release release, DateTimeOffset since) =>
        new(release.Corte.At, since.ToOffset(Offset), release.Id.Value, release.Files, release.Series, release.ManifestSha256);

    DeliveryStatus Describe(DeliveryProgress one) =>
        new(one.Delivery, one.Waits ? "waiting" : one.State switch
        {
            Drop.DeliveryState.Stalled => "stalled", Drop.DeliveryState.Judging => "verifying", Drop.DeliveryState.SetAside => "set-aside", _ => "arriving",
        }, one.Files, one.Bytes, one.FirstSeen.System.ToOffset(Offset));

    /// <summary>Of one rejection; the acuse, the journal and quarantine/ID/verdict.json have more.</summary>
    const int MostReasonsShown = 20;

    static RejectionStatus Rejection(JournalRecord record) => new(
        (string?)record.Fields["package"] ?? "", Packages.Corte.Read((string?)record.Fields["corte"] ?? "")?.At, record.BestTime,
        [.. (record.Fields["reasons"] as JsonArray ?? []).Take(MostReasonsShown).Select(reason =>
            new RejectionReason((string?)reason!["code"] ?? "", (string?)reason["path"], (string?)reason["detail"] ?? ""))],
        (int?)record.Fields["reasons_total"] ?? (record.Fields["reasons"] as JsonArray)?.Count ?? 0);
}
