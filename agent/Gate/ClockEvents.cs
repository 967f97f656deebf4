using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Gate;

/// <summary>The events of the clock and of the gate (contract, section 10): one on a change, never one a poll.</summary>
static class ClockEvents
{
    public static ImmutableArray<AgentEvent> Between(ClockState before, ClockState after, Selection? selection, ClockReading now, ClockSettings settings, TimeSpan offset)
    {
        var events = ImmutableArray.CreateBuilder<AgentEvent>();
        var named = after.Falsetickers.Keys.Where(server => !before.Falsetickers.ContainsKey(server)).ToArray();
        if (named.Length > 0) events.Add(new AgentEvent(EventCode.ClockFalseticker, WithBound(new JsonObject { ["servers"] = Strings(named) }, after, now, offset, without: ["offset_seconds", "uncertainty_seconds"])));
        if (before.Carried is not null && before.HasSleptUntil(now)) events.Add(Jump("suspended", null));
        if (after.Jumped && !before.Jumped) events.Add(Jump("disagreement", selection is null ? null : Gap(before, selection, now)));
        if (after.DriftAnnounced && !before.DriftAnnounced) events.Add(new AgentEvent(EventCode.ClockDrift,
                WithBound(new JsonObject { ["max_offset_seconds"] = settings.MaxOffset.TotalSeconds }, after, now, offset, without: ["uncertainty_seconds", "servers"])));
        if (after.Trouble is { } trouble && before.Trouble is null)
            events.Add(new AgentEvent(EventCode.ClockUncertain,
                WithBound(new JsonObject { ["cause"] = Cause(trouble), ["max_uncertainty_seconds"] = settings.MaxUncertainty.TotalSeconds }, after, now, offset,
                    without: ["offset_seconds", "servers"])));
        if (IsWell(after, now) && !IsWell(before, now)) events.Add(new AgentEvent(EventCode.ClockSynchronized, WithBound([], after, now, offset)));
        return events.ToImmutable();
    }

    /// <summary>Adds earliest, latest, offset, uncertainty and the number of servers, where they are known, are not named already and the event has them.</summary>
    public static JsonObject WithBound(JsonObject fields, ClockState state, ClockReading now, TimeSpan offset, params ReadOnlySpan<string> without)
    {
        if (state.At(now) is not { } bound) return fields;
        fields["earliest"] = Show(bound.ToBound().Earliest.ToOffset(offset));
        fields["latest"] = Show(bound.ToBound().Latest.ToOffset(offset));
        fields["offset_seconds"] = Seconds(TrueInterval.Nanoseconds(now.System) - bound.Middle);
        fields["uncertainty_seconds"] = Seconds(bound.Uncertainty);
        if (!fields.ContainsKey("servers")) fields["servers"] = state.LastSelection?.Chosen.Length ?? 0;
        foreach (var field in without) fields.Remove(field);
        return fields;
    }

    public static double Seconds(long nanoseconds) => Math.Round(nanoseconds / 1e9, 6);

    public static string Show(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

    static bool IsWell(ClockState state, ClockReading at) =>
        state is { Carried: not null, Jumped: false, Trouble: null, DriftAnnounced: false } && state.At(at) is not null;

    static AgentEvent Jump(string cause, long? nanoseconds)
    {
        var fields = new JsonObject { ["cause"] = cause };
        if (nanoseconds is { } gap) fields["seconds"] = Seconds(gap);
        return new AgentEvent(EventCode.ClockJump, fields);
    }

    /// <summary>How far what the servers say lies after (or, negative, before) what was carried.</summary>
    static long? Gap(ClockState before, Selection selection, ClockReading now) =>
        before.Carried is { } carried ? selection.Interval.Middle - carried.At(now.Raw).Middle : null;

    static string Cause(ClockTrouble trouble) => trouble switch
    {
        ClockTrouble.Silent => "silent",
        ClockTrouble.NoMajority => "no-majority",
        _ => "wide",
    };

    static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
