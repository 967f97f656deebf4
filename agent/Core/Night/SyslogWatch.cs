using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Night;

/// <summary>
/// Reports that a syslog target takes nothing, once that has lasted a minute, and that it takes messages again.
/// </summary>
public sealed class SyslogWatch(EventRecorder recorder, TroubleBoard troubles)
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    readonly Dictionary<string, (string Error, long Since)> away = new(StringComparer.Ordinal);
    IReadOnlyList<string> targets = [];

    /// <summary>Takes the targets of a configuration.</summary>
    public void Follow(IReadOnlyList<string> configured)
    {
        targets = configured;
        foreach (var gone in away.Keys.Except(configured).ToList()) away.Remove(gone);
    }

    /// <summary>Takes news of a target: what it answers, or null if it takes messages.</summary>
    public void Take(string target, string? said, ClockReading now)
    {
        if (!targets.Contains(target)) return;
        if (said is not null)
        {
            away[target] = (said, away.TryGetValue(target, out var before) ? before.Since : now.Monotonic);
            return;
        }
        away.Remove(target);
        if (troubles.Of(Trouble.Syslog, target) is { } over)
            recorder.Record(new SyslogRecovered(target, over.Lasted(now.System)), now);
    }

    /// <summary>Does what time requires.</summary>
    /// <param name="status">How far each target is.</param>
    public void Tick(IReadOnlyList<SyslogStatus> status, ClockReading now)
    {
        if (targets.Count == 0) return;
        foreach (var other in troubles.Open.Where(
            one => one.Entry.Trouble == Trouble.Syslog && !targets.Contains(one.Subject)))
            recorder.Record(other.Ended(TroubleEndCause.Unconfigured, now.System), now);
        foreach (var (target, (error, since)) in away)
        {
            if (troubles.Of(Trouble.Syslog, target) is not null || now.Monotonic - since < Patience.Ticks * 100)
                continue;
            var pending = status.FirstOrDefault(one => one.Target == target)?.Pending ?? 0;
            var seconds = Math.Round((now.Monotonic - since) / 1e9);
            recorder.Record(new SyslogFailed(target, Told.Short(error), pending, seconds), now);
        }
    }
}
