using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Ntp;

namespace Difusor.Agent.Cli;

/// <summary>
/// Shows the result of <c>clock</c>: one row per address, the bound, the gate and the time left; for people in local
/// time with its offset.
/// </summary>
sealed class ClockView(ClockState clock, ClockReading now, ElectionProfile profile, ClockSettings settings)
{
    readonly IReadOnlyList<ServerReply> replies = clock.LastPoll!.Replies;

    public ClockReading Now => now;
    public bool AnyAnswered => replies.Any(reply => reply.Kind == ReplyKind.Answered);

    /// <summary>Gets the likely reason why no server is heard, as a key of the messages.</summary>
    public string Unheard =>
        replies.All(reply => reply.Kind == ReplyKind.Unresolved) ? "clock.unheard-names"
        : replies.Any(reply => reply.Kind == ReplyKind.Unreachable)
            && replies.All(reply => reply.Kind is ReplyKind.Unreachable or ReplyKind.Unresolved) ? "clock.unheard-route"
        : replies.All(
            reply => reply.Kind is ReplyKind.Unsynchronized or ReplyKind.Denied or ReplyKind.RateLimited
            or ReplyKind.Unfit) ? "clock.unheard-refused"
        : "clock.unheard-port";

    /// <param name="running">What the running agent has from earlier answers; null: no agent runs.</param>
    public void Show(GateDecision decision, HostTimeClient host, ClockStatus? running, CliOutput voice)
    {
        voice.Table(
            [voice.Text("clock.server"), voice.Text("clock.address"), voice.Text("clock.stratum"),
                voice.Text("clock.offset"), voice.Text("clock.delay"), voice.Text("clock.distance"),
                voice.Text("clock.state")],
            replies.Select(reply => Row(reply, voice)));
        voice.Line();
        if (decision.Bound is { } bound)
        {
            voice.Say(
                "clock.bound", ("earliest", Local(bound.Earliest)), ("latest", Local(bound.Latest)),
                ("uncertainty", Milliseconds(bound.Uncertainty)));
            voice.Say(
                "clock.system", ("offset", Seconds(decision.Offset!.Value)), ("allowed", Seconds(settings.MaxOffset)));
        }
        else SayWhatTheAgentHas(running, voice);
        voice.Say(
            host.Synchronized switch { true => "clock.host-synchronized", false => "clock.host-unsynchronized", null =>
            "clock.host-unknown" },
            ("client", host.Name ?? voice.Text("clock.host-none")));
        if (host.Report is { Source: { } source, Stratum: { } stratum } report)
            voice.Say(
                "clock.host-source", ("source", source), ("stratum", stratum),
                ("offset", report.Offset is { } offset ? Milliseconds(offset) : "-"));
        if (decision.Open) voice.Say("clock.open", ("opens", Local(decision.OpensAt)));
        else voice.Say(
            "clock.closed", ("reason", ReasonCatalogue.Say(decision.Reason!.Value.Code()).In(voice.Language)),
            ("opens", Local(decision.OpensAt)));
        if (decision is { Reason: GateReason.BeforeOpening, TimeLeft: { } left })
            voice.Say("clock.left", ("left", Left(left)));
    }

    /// <summary>
    /// Says that these answers give no time, and what the agent goes on with: it carries the time from the last answers
    /// that agreed, so its status shows a bound where this command has none.
    /// </summary>
    static void SayWhatTheAgentHas(ClockStatus? running, CliOutput voice)
    {
        voice.Say("clock.no-bound");
        if (running is { Earliest: { } earliest, Latest: { } latest })
            voice.Say("clock.carried", ("uncertainty", Milliseconds((latest - earliest) / 2)));
    }

    public JsonObject ToJson(GateDecision decision, HostTimeClient host) => new()
    {
        ["servers"] = new JsonArray([.. replies.Select(Describe)]),
        ["clock"] = new JsonObject
        {
            ["synchronized"] = decision.Bound is not null && !clock.Jumped,
            ["earliest"] = decision.Bound is { } bound ? ClockChanges.Show(InZone(bound.Earliest)) : null,
            ["latest"] = decision.Bound is { } same ? ClockChanges.Show(InZone(same.Latest)) : null,
            ["offset_seconds"] = decision.Offset?.TotalSeconds,
            ["uncertainty_seconds"] = decision.Bound?.Uncertainty.TotalSeconds,
        },
        ["gate"] = new JsonObject
        {
            ["state"] = decision.Open ? "open" : "closed",
            ["reason"] = decision.Reason?.Code(),
            ["opens_at"] = Second(decision.OpensAt),
            ["seconds_left"] = decision.TimeLeft?.TotalSeconds,
        },
        ["host_client"] = new JsonObject
        {
            ["name"] = host.Name,
            ["synchronized"] = host.Synchronized,
            ["max_error_seconds"] = host.MaxError?.TotalSeconds,
            ["source"] = host.Report?.Source,
            ["stratum"] = host.Report?.Stratum,
            ["offset_seconds"] = host.Report?.Offset?.TotalSeconds,
        },
    };

    Cell[] Row(ServerReply reply, CliOutput voice)
    {
        var (state, tone) = State(reply);
        return reply.Sample is { } sample
            ? [reply.Server, reply.Address, Text(reply.Stratum), Milliseconds(OffsetFromSystem(sample)),
                Milliseconds(Span(sample.Delay)), Milliseconds(Span(sample.Distance)),
                new Cell(voice.Text("clock." + state), tone)]
            : [reply.Server, reply.Address, "", "", "", "", new Cell(voice.Text("clock." + state), tone)];
    }

    JsonObject Describe(ServerReply reply) => new()
    {
        ["server"] = reply.Server,
        ["address"] = reply.Address.Length > 0 ? reply.Address : null,
        ["state"] = State(reply).Code,
        ["stratum"] = reply.Sample is null ? null : reply.Stratum,
        ["offset_seconds"] = reply.Sample is { } sample ? OffsetFromSystem(sample).TotalSeconds : null,
        ["delay_seconds"] = reply.Sample is { } timed ? Span(timed.Delay).TotalSeconds : null,
        ["distance_seconds"] = reply.Sample is { } placed ? Span(placed.Distance).TotalSeconds : null,
    };

    (string Code, Tone Tone) State(ServerReply reply) => reply.Kind switch
    {
        ReplyKind.Answered when clock.LastSelection is not { } selection => ("answered", Tone.Warning),
        ReplyKind.Answered => IsChosen(reply.Sample!.Value) ? ("chosen", Tone.Good) : ("falseticker", Tone.Bad),
        ReplyKind.Silent => ("silent", Tone.Warning),
        ReplyKind.Unresolved => ("unresolved", Tone.Warning),
        ReplyKind.Unreachable => ("unreachable", Tone.Warning),
        ReplyKind.Denied => ("denied", Tone.Warning),
        ReplyKind.RateLimited => ("rate-limited", Tone.Warning),
        ReplyKind.Unsynchronized => ("unsynchronized", Tone.Warning),
        ReplyKind.Unfit => ("unfit", Tone.Bad),
        ReplyKind.NotAsked => ("not-asked", Tone.Quiet),
    };

    bool IsChosen(NtpSample sample) =>
        Selection.Claim(sample, RawRate.Unmeasured, clock.LastReading.Raw).Meets(clock.LastSelection!.Interval);

    /// <summary>Returns the server's time minus this system's clock.</summary>
    TimeSpan OffsetFromSystem(NtpSample sample) => Span(sample.Offset + now.Raw - TrueInterval.Nanoseconds(now.System));

    DateTimeOffset InZone(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, ZoneAgreement.Zone(profile));

    string Local(DateTimeOffset at) => InZone(at).ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture);

    static string Second(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
    static TimeSpan Span(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / 100);
    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    static string Milliseconds(TimeSpan span) =>
        span.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture) + " ms";
    static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) + " s";

    static string Left(TimeSpan left) =>
        string.Create(CultureInfo.InvariantCulture, $"{(left.Days > 0 ? left.Days + " d " : "")}{left:hh\\:mm\\:ss}");
}
