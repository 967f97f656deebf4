using Difusor.Agent.Events;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Night;

/// <summary>
/// Reports that syslog takes nothing, once that has lasted a minute, and that it takes messages again.
/// </summary>
public sealed class SyslogWatch(EventRecorder recorder, TroubleBoard troubles)
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    string? problem;
    long since;

    /// <summary>Gets or sets the target that is configured; null before the first.</summary>
    public string? Target { get; set; }

    /// <summary>Takes news of a target: what it answers, or null if it takes messages.</summary>
    public void Take(string target, string? said, ClockReading now)
    {
        if (target != Target) return;
        if (said is not null && problem is null) since = now.Monotonic;
        problem = said;
        if (said is null && troubles.Of(Trouble.Syslog, target) is { } over)
            recorder.Record(new SyslogRecovered(target, over.Lasted(now.System)), now);
    }

    /// <summary>Does what time requires.</summary>
    /// <param name="pending">How many records the target has not got.</param>
    public void Tick(long pending, ClockReading now)
    {
        if (Target is not { } target) return;
        foreach (var other in troubles.Open.Where(
            one => one.Entry.Trouble == Trouble.Syslog && one.Subject != target))
            recorder.Record(other.Ended(TroubleEndCause.Unconfigured, now.System), now);
        if (problem is not { } error || troubles.Of(Trouble.Syslog, target) is not null
            || now.Monotonic - since < Patience.Ticks * 100) return;
        recorder.Record(new SyslogFailed(target, Told.Short(error), pending), now);
    }
}
