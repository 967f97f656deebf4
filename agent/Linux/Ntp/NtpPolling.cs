using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;

namespace Difusor.Agent.Linux.Ntp;

/// <summary>
/// Every server has been asked once. The loop gives the result to <see cref="ClockDiscipline.Take"/>.
/// </summary>
/// <param name="Host">The last answer of the host's own NTP client, for the events' fields; null if it was not asked,
/// or has not answered yet.</param>
public sealed record PollFinished(NtpPoll Poll, HostTimeClient? Host = null) : Signal;

/// <summary>
/// The time thread. It asks the servers at once and three more times, two seconds apart, so that the opening can be
/// proven within seconds of a start, and then once each <c>clock.poll</c>. It does the same again after a suspend, and
/// when the loop asks for it (<see cref="Hurry"/>).
/// </summary>
/// <param name="askHost">Asks the host's own NTP client, in parallel and without delaying the poll; null: it is not
/// asked.</param>
public sealed class NtpPolling(
    INtpSource source, TimeSpan poll, Action<Signal> post, Func<HostTimeClient>? askHost = null)
{
    /// <summary>The least time between two questions to the host's client, in ns: each one starts a program.</summary>
    const long HostSpacing = 60_000_000_000;
    const int PollsOfABurst = 4;
    static readonly TimeSpan BurstSpacing = TimeSpan.FromSeconds(2);
    /// <summary>How soon a suspend is noticed: timers stop during one.</summary>
    static readonly TimeSpan Glance = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Guards <see cref="ended"/> and <see cref="hurried"/>, and wakes the thread that waits for the next poll.
    /// </summary>
    readonly object awake = new();
    bool ended;
    bool hurried;
    Task<HostTimeClient?>? hostAsked;
    HostTimeClient? host;
    long hostAskedAt;

    public void Start() => new GuardedThread(BoundaryPoint.Time, "time", Run).Start();

    /// <summary>Asks again now, as at a start: after <c>CLOCK_JUMP</c>, when eight selections must agree.</summary>
    public void Hurry() => Wake(() => hurried = true);

    /// <summary>Ends the thread: nothing is posted any more, and a poll under way ends by itself.</summary>
    public void Stop() => Wake(() => ended = true);

    void Run()
    {
        for (var done = 1; ; done++)
        {
            AskHost();
            var asked = source.Ask();
            if (hostAsked is { IsCompletedSuccessfully: true } answered) host = answered.Result ?? host;
            lock (awake)
            {
                if (ended) return;
                post(new PollFinished(asked, host));
                Wait(done < PollsOfABurst && BurstSpacing < poll ? BurstSpacing : poll, asked.Finished);
                if (hurried) done = 0;
                hurried = false;
            }
        }
    }

    void AskHost()
    {
        var now = HostClock.Read().Raw;
        if (askHost is null || hostAsked is { IsCompleted: false }
            || (hostAsked is not null && now - hostAskedAt < HostSpacing)) return;
        (hostAsked, hostAskedAt) = (Boundary.Ask(BoundaryPoint.HostTime, askHost), now);
    }

    void Wait(TimeSpan duration, ClockReading since)
    {
        for (var now = since; !ended && !hurried && Left(now) > TimeSpan.Zero; now = HostClock.Read())
        {
            hurried = ClockState.HasSlept(since, now);
            if (!hurried) Monitor.Wait(awake, Left(now) < Glance ? Left(now) : Glance);
        }

        TimeSpan Left(ClockReading now) => duration - TimeSpan.FromTicks((now.Raw - since.Raw) / 100);
    }

    void Wake(Action change)
    {
        lock (awake)
        {
            change();
            Monitor.PulseAll(awake);
        }
    }
}
