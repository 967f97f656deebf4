using Difusor.Agent.Events;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Publication;

/// <summary>
/// Decides when <c>publication.after</c> is run for a root: one run at a time, with all that has changed since the last
/// one that succeeded, and after a failure again, with growing pauses.
/// </summary>
public sealed class SwapQueue
{
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5), LongestPause = TimeSpan.FromMinutes(5);

    SwapNotice? waiting;
    TimeSpan pause = FirstPause;
    long notBefore = long.MinValue;
    long? failedAt;

    /// <summary>Gets the run under way; null: there is none.</summary>
    public SwapNotice? Running { get; private set; }

    /// <summary>Gets whether nothing runs and nothing waits.</summary>
    public bool IsIdle => Running is null && waiting is null;

    public void Add(SwapNotice swap) => waiting = waiting is { } earlier ? swap.After(earlier) : swap;

    /// <summary>Returns what to run now; null: nothing.</summary>
    public SwapNotice? Next(ClockReading now)
    {
        if (Running is not null || waiting is null || now.Monotonic < notBefore) return null;
        (Running, waiting) = (waiting, null);
        return Running;
    }

    /// <summary>Takes how the run ended.</summary>
    /// <param name="error">Null: it has succeeded.</param>
    /// <returns>The event of a change: the first failure, or the end of failing; otherwise null.</returns>
    public AgentEvent? Ran(string? error, ClockReading now)
    {
        if (Running is not { } ran) return null;
        Running = null;
        var since = failedAt;
        if (error is null)
        {
            (pause, notBefore, failedAt) = (FirstPause, long.MinValue, null);
            return since is { } first
                ? new HookRecovered(ran.Root, Math.Round((now.Monotonic - first) / 1e9, 3)) : null;
        }
        waiting = waiting?.After(ran) ?? ran;
        notBefore = now.Monotonic + (pause.Ticks * 100);
        pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        failedAt ??= now.Monotonic;
        return since is null ? new HookFailed(ran.Root, ran.Release, Told.Short(error)) : null;
    }

    /// <summary>Forgets the run under way, because its command is replaced: it is run again at once.</summary>
    public void Again()
    {
        if (Running is { } lost) waiting = waiting?.After(lost) ?? lost;
        (Running, notBefore) = (null, long.MinValue);
    }
}
