using System.Diagnostics;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>A target has stopped taking messages, or takes them.</summary>
/// <param name="Problem">What it answers; null if it takes them.</param>
public sealed record SyslogHeard(string Target, string? Problem) : Signal;

/// <summary>
/// The thread that feeds the journal's records to a sink. Its queue is the journal itself, and its position is a number
/// in a file, so an absent collector costs no memory and a restart loses nothing: the position moves only to what the
/// sink says is settled. It never blocks the agent loop, which only calls <see cref="Wake"/>. A record that is sent
/// again has the same <c>seq</c>. While nothing is to be sent it looks now and then whether the collector is there:
/// nobody should learn that from the first event that matters.
/// </summary>
public sealed class SyslogForwarder : IDisposable
{
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2), FirstPause = TimeSpan.FromSeconds(1),
        LongestPause = TimeSpan.FromSeconds(30), Farewell = TimeSpan.FromSeconds(1.5),
        UsualIdle = TimeSpan.FromSeconds(30);

    readonly JournalFolder journal;
    readonly IEventSink sink;
    readonly SyslogPosition position;
    readonly Action<string?> onChange;
    readonly AutoResetEvent wake = new(initialState: true);
    readonly ManualResetEvent stop = new(initialState: false);
    readonly GuardedThread thread;
    readonly TimeSpan idle;
    JournalCursor cursor;
    bool isKnown;
    long endedAt, settled;
    volatile AwayCollector? away;

    /// <param name="positionFile">The file that holds the position in the journal.</param>
    /// <param name="sink">Belongs to the forwarder from now on, which disposes of it.</param>
    /// <param name="onChange">Receives the problem when the collector goes away, and null when it takes messages: for
    /// the first time, or again. Called on the forwarder's thread.</param>
    /// <param name="idle">After how long without anything to send it looks at the collector; null: 30 s.</param>
    public SyslogForwarder(
        JournalFolder journal, string positionFile, IEventSink sink, Action<string?> onChange, TimeSpan? idle = null)
    {
        (this.journal, this.sink, this.onChange, this.idle) = (journal, sink, onChange, idle ?? UsualIdle);
        position = new SyslogPosition(positionFile);
        settled = position.Value;
        cursor = new JournalCursor(journal, position.Value);
        thread = new GuardedThread(BoundaryPoint.Syslog, "syslog", Run);
    }

    /// <summary>Gets the number of the last record up to which the collector has all. Any thread may ask.</summary>
    public long Settled => Volatile.Read(ref settled);

    /// <summary>Gets why the collector takes nothing; null while it does. Any thread may ask.</summary>
    internal AwayCollector? Problem => away;

    public void Start() => thread.Start();

    /// <summary>Tells the forwarder that the journal has something new.</summary>
    public void Wake() => wake.Set();

    /// <summary>
    /// Tells the forwarder to end, and does not wait: who has several tells all first, and then disposes of each.
    /// </summary>
    public void End()
    {
        if (endedAt != 0) return;
        endedAt = Stopwatch.GetTimestamp();
        stop.Set();
    }

    /// <summary>
    /// Sends what is left, if the collector takes it at once, and ends within two seconds. The rest is sent after the
    /// next start.
    /// </summary>
    public void Dispose()
    {
        End();
        var left = Farewell - Stopwatch.GetElapsedTime(endedAt);
        if (!thread.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero))
        {
            sink.Dispose();
            thread.Join(TimeSpan.FromMilliseconds(300));
        }
        cursor.Dispose();
        sink.Dispose();
        position.Dispose();
        wake.Dispose();
        stop.Dispose();
    }

    void Run()
    {
        // After an unforeseen error, what was read may not have been sent.
        Rewind();
        var (pause, isIdle) = (FirstPause, false);
        while (true)
        {
            var stopping = stop.WaitOne(0);
            try
            {
                while (SendBatch(stopping) is > 0 and var sent)
                {
                    pause = FirstPause;
                    if (sent == sink.Pace.AtOnce && sink.Pace.Pause > TimeSpan.Zero && stop.WaitOne(sink.Pace.Pause))
                        return;
                }
                if (stopping) return;
                if (isIdle || !isKnown || away is not null)
                {
                    sink.Look();
                    Tell(fault: null);
                    pause = FirstPause;
                }
                isIdle = WaitHandle.WaitAny([stop, wake], idle) == WaitHandle.WaitTimeout;
            }
            catch (IOException fault)
            {
                Rewind();
                Tell(fault);
                if (stop.WaitOne(pause)) return;
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    /// <summary>
    /// Sends records until none has come for a while or the batch is full, and moves the position to what is settled.
    /// </summary>
    /// <returns>How many were sent.</returns>
    int SendBatch(bool stopping)
    {
        var (sent, most) = (0, sink.Pace.AtOnce);
        do
        {
            for (; sent < most && cursor.Next() is { } record; sent++) sink.Send(record);
        }
        while (sent > 0 && sent < most && !stopping && WaitHandle.WaitAny([stop, wake], Quiet) == 1);
        if (sent == 0) return 0;
        sink.Settle();
        position.Move(sink.Settled);
        Volatile.Write(ref settled, position.Value);
        Tell(fault: null);
        return sent;
    }

    /// <summary>Goes back to the first record that is not settled.</summary>
    void Rewind()
    {
        cursor.Dispose();
        cursor = new JournalCursor(journal, Math.Max(position.Value, sink.Settled));
    }

    void Tell(IOException? fault)
    {
        var before = away;
        // A collector that is back may be away for another reason now.
        away = fault is null ? null
            : new AwayCollector(SyslogProblem.CodeOf(fault), before?.Since ?? DateTimeOffset.UtcNow);
        if (isKnown && (fault is null) == (before is null)) return;
        isKnown = true;
        onChange(fault?.Message);
    }
}

/// <summary>Why a collector takes nothing, and since when.</summary>
/// <param name="Code">One of <see cref="SyslogProblem.Codes"/>.</param>
sealed record AwayCollector(string Code, DateTimeOffset Since);
