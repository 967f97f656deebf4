using Difusor.Agent.Events;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Night;

/// <summary>
/// Tells that the configuration on disk is not the one in force: a change that nobody has had read for a minute, or an
/// error with which the agent would not start again. It never has it read by itself: that is the sysadmin's decision.
/// </summary>
public sealed class ConfigurationWatch(EventRecorder recorder, TroubleBoard troubles, NightClock clock)
{
    /// <summary>How long somebody may take between a change and the reload.</summary>
    static readonly TimeSpan Editing = TimeSpan.FromMinutes(1);

    /// <summary>What was told last, as one text: an error, or the changed keys.</summary>
    string? told;

    string? seen;
    long since;

    /// <summary>Takes the news that a reload was refused.</summary>
    public void Rejected(ConfigRejected refusal) => told = seen = refusal.Problem;

    /// <summary>Takes what a look at the files has shown.</summary>
    /// <param name="found">How they differ from what is in force; null: they do not.</param>
    public void Look(ConfigChanged? found, ClockReading now)
    {
        var open = troubles.Of(Trouble.Configuration);
        if (open is null) told = null;
        var what = found is null ? null : found.Problem ?? string.Join(", ", found.Changed ?? []);
        if (what != seen) (seen, since) = (what, now.Monotonic);
        if (found is null)
        {
            if (open is not null) recorder.Record(open.Ended(TroubleEndCause.Gone, clock.BestTime(now)), now);
        }
        // A trouble that is told already must be told rightly at once.
        else if (what != told && (open is not null || now.Monotonic - since >= Editing.Ticks * 100))
        {
            recorder.Record(found, now);
            told = what;
        }
    }
}
