using Difusor.Agent.Configuration;
using Difusor.Agent.Events;

namespace Difusor.Agent.Gate;

/// <summary>The result of one poll: the new state, and the events of what changed.</summary>
public sealed record ClockStep(ClockState State, ImmutableArray<AgentEvent> Events);

/// <summary>
/// Turns polls into the clock bound (contract, section 7). A majority can only cut the bound, which widens between
/// polls. So a majority that begins to lie after a true one can move it no faster than it widens; a selection that does
/// not meet the bound is a jump.
/// </summary>
/// <param name="offset">The offset of the election's local time, in which the events state times.</param>
public sealed class ClockDiscipline(ClockSettings settings, TimeSpan offset = default)
{
    /// <summary>How many selections in a row must agree before the time after a jump is trusted.</summary>
    public const int AgreeingAfterJump = 8;
    const int PollsBeforeAlarm = 2;

    /// <param name="proven">Whether the opening has been proven. If so, one poll astray is not yet a drift.</param>
    public ClockStep Take(ClockState state, NtpPoll poll, bool proven)
    {
        var before = state;
        if (ClockState.HasSlept(poll.Started, poll.Finished)) poll = poll with { Replies = [] };
        if (state.Carried is not null && state.HasSleptUntil(poll.Finished)) state = Forget(state);
        state = state with { LastPoll = poll, LastReading = poll.Finished };

        var raw = poll.Finished.Raw;
        var votes = Selection.Votes(poll, state.Rate, raw);
        var selection = Selection.Among(votes, settings.Quorum);
        state = selection is null
            ? WithoutSelection(state, poll, votes.IsEmpty)
            : WithSelection(state, selection, raw) with { PollsWithoutSelection = 0, WithoutSelectionSince = null };
        state = Drift(state, poll.Finished, selection is not null, proven);
        return new ClockStep(state, ClockChanges.Between(before, state, selection, poll.Finished, settings, offset));
    }

    ClockState WithSelection(ClockState state, Selection selection, long raw)
    {
        state = state
            with { LastSelection = selection, Answered = selection.Answered,
            Falsetickers = Name(state.Falsetickers, selection) };
        var meets = state.Carried is null || state.Carried.Value.At(raw).Meets(selection.Interval);
        if (!meets) state = Forget(state) with { Jumped = true };

        var anchor = new RateAnchor(raw, selection.Interval);
        var rate = RateMeasurement.Of(state.Anchors, anchor, settings.DriftPpm) ?? state.Rate;
        var known = state.Carried is { } carried ? carried.At(raw).Intersect(selection.Interval) : selection.Interval;
        var inARow = state.SelectionsInARow + 1;
        return state with
        {
            Carried = new CarriedBound(raw, known, rate),
            Rate = rate,
            Anchors = RateMeasurement.Add(state.Anchors, anchor),
            SelectionsInARow = inARow,
            Jumped = state.Jumped && inARow < AgreeingAfterJump,
            Trouble = known.Uncertainty > settings.MaxUncertainty.Ticks * 100 ? ClockTrouble.Wide : null,
        };
    }

    static ClockState WithoutSelection(ClockState state, NtpPoll poll, bool silent)
    {
        var count = state.PollsWithoutSelection + 1;
        return state with
        {
            PollsWithoutSelection = count,
            WithoutSelectionSince = state.WithoutSelectionSince ?? poll.Finished,
            LastSelection = null,
            // One poll without a selection is not yet trouble, also not on a host that is just starting.
            Trouble = state.Trouble
                ?? (count < PollsBeforeAlarm ? null : silent ? ClockTrouble.Silent : ClockTrouble.NoMajority),
            SelectionsInARow = silent ? state.SelectionsInARow : 0,
        };
    }

    static ClockState Forget(ClockState state) => state with
    {
        Carried = null,
        Rate = RawRate.Unmeasured,
        Anchors = [],
        SelectionsInARow = 0,
        Trouble = null,
    };

    /// <summary>
    /// Applies the drift rule. Without a selection the carried bound may itself be wrong by its uncertainty, so that
    /// much more is allowed.
    /// </summary>
    ClockState Drift(ClockState state, ClockReading reading, bool fresh, bool proven)
    {
        if (state.Jumped || state.At(reading) is not { } bound) return state with { PollsAstray = 0, PollsAtRest = 0 };
        var allowed = settings.MaxOffset.Ticks * 100 + (fresh ? 0 : bound.Uncertainty);
        var astray = Math.Abs(TrueInterval.Nanoseconds(reading.System) - bound.Middle) > allowed;
        state = astray
            ? state with { PollsAstray = state.PollsAstray + 1, PollsAtRest = 0 }
            : state with { PollsAstray = 0, PollsAtRest = state.PollsAtRest + 1 };
        // Nothing is lost by waiting before the opening, so there one poll astray is a drift.
        var enough = proven ? PollsBeforeAlarm : 1;
        var drifting = state.Drifting ? state.PollsAtRest < PollsBeforeAlarm : state.PollsAstray >= enough;
        var announced = drifting || (state.DriftAnnounced && astray);
        return state with { Drifting = drifting, DriftAnnounced = announced };
    }

    /// <summary>
    /// Updates the named falsetickers. A server stays named until it has agreed eight times since it was last one, so
    /// that a server at the edge does not cause an event at each poll.
    /// </summary>
    static ImmutableSortedDictionary<string, int> Name(
        ImmutableSortedDictionary<string, int> named, Selection selection)
    {
        foreach (var server in selection.Falsetickers) named = named.SetItem(server, 0);
        foreach (var server in selection.Chosen)
        {
            if (!named.TryGetValue(server, out var agreed)) continue;
            named = agreed + 1 >= AgreeingAfterJump ? named.Remove(server) : named.SetItem(server, agreed + 1);
        }
        return named;
    }
}
