using System.Net.Sockets;
using System.Security.Authentication;
using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Texts;
using Serilog;
using Serilog.Core;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// The thread that sends the journal's records to syslog. Its queue is the journal itself, and its position is a number
/// in a file, so an absent collector costs no memory and a restart loses nothing. It never blocks the agent loop, which
/// only calls <see cref="Wake"/>. Over TCP and TLS a batch ends with the collector's own close (see StreamTransport).
/// Until then everything since the last such receipt counts as unsent; a repeated message has the same <c>seq</c>.
/// </summary>
public sealed class SyslogForwarder : IDisposable
{
    const int LargestBatch = 2000;

    /// <summary>
    /// How many datagrams are sent at once, before a pause of <see cref="DatagramPause"/>. journald (10,000 in 30 s)
    /// and the shipped rsyslog drop-in drop what comes faster than their limits, which stop a program from filling the
    /// log, and never tell the sender.
    /// </summary>
    internal const int DatagramsAtOnce = 250;
    internal static readonly TimeSpan DatagramPause = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2), FirstPause = TimeSpan.FromSeconds(1),
    LongestPause = TimeSpan.FromSeconds(30),
        Farewell = TimeSpan.FromSeconds(1.5);

    readonly JournalFolder journal;
    readonly SyslogSink sink;
    readonly Logger pipeline;
    readonly SyslogPosition position;
    readonly Language language;
    readonly bool byDatagram;
    readonly Action<string?> onChange;
    readonly AutoResetEvent wake = new(initialState: true);
    readonly ManualResetEvent stop = new(initialState: false);
    readonly GuardedThread thread;
    JournalCursor cursor;
    bool away, hasBegun;

    /// <param name="positionFile">The file that holds the position in the journal.</param>
    /// <param name="onChange">Receives the problem when the collector goes away, and null when it is back. Called on
    /// the forwarder's thread.</param>
    public SyslogForwarder(
        JournalFolder journal, string positionFile, SyslogTarget target, SyslogFormat format, SyslogIdentity identity,
        Action<string?> onChange)
    {
        this.journal = journal;
        this.onChange = onChange;
        language = identity.Language;
        byDatagram = target.Kind is SyslogTransportKind.Unix or SyslogTransportKind.Udp;
        sink = new SyslogSink(target, format, identity);
        pipeline = new LoggerConfiguration().MinimumLevel.Verbose().AuditTo.Sink(sink).CreateLogger();
        position = new SyslogPosition(positionFile);
        cursor = new JournalCursor(journal, position.Value);
        thread = new GuardedThread(BoundaryPoint.Syslog, "syslog", Run);
    }

    /// <summary>Gets the last record that the collector is known to have.</summary>
    public long Confirmed => position.Value;

    public void Start() => thread.Start();

    /// <summary>Tells the forwarder that the journal has something new.</summary>
    public void Wake() => wake.Set();

    /// <summary>
    /// Sends what is left, if the collector takes it at once, and ends within two seconds. The rest is sent after the
    /// next start.
    /// </summary>
    public void Dispose()
    {
        stop.Set();
        if (!thread.Join(Farewell))
        {
            sink.Dispose();
            thread.Join(TimeSpan.FromMilliseconds(300));
        }
        cursor.Dispose();
        pipeline.Dispose();
        sink.Dispose();
        position.Dispose();
        wake.Dispose();
        stop.Dispose();
    }

    void Run()
    {
        // After an unforeseen error, continue after the last record that the collector is known to have.
        if (hasBegun) Rewind();
        hasBegun = true;
        var pause = FirstPause;
        while (true)
        {
            var stopping = stop.WaitOne(0);
            try
            {
                while (SendBatch(stopping) && !(byDatagram && stop.WaitOne(0))) pause = FirstPause;
                if (stopping) return;
                WaitHandle.WaitAny([stop, wake]);
            }
            catch (Exception fault) when (IsAway(fault))
            {
                Rewind();
                Tell(fault.InnerException?.Message ?? fault.Message);
                if (stop.WaitOne(pause)) return;
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    /// <summary>
    /// Sends records until none has come for a while or the batch is full, and then gets the receipt.
    /// </summary>
    /// <returns>False if there was nothing to send.</returns>
    bool SendBatch(bool stopping)
    {
        var sent = 0;
        do
        {
            while (sent < LargestBatch && cursor.Next() is { } record)
            {
                pipeline.Write(JournalLogEvent.Of(record, language));
                sent++;
                if (byDatagram && sent % DatagramsAtOnce == 0 && stop.WaitOne(DatagramPause)) return Settled();
            }
        }
        while (sent is > 0 and < LargestBatch && !stopping && WaitHandle.WaitAny([stop, wake], Quiet) == 1);
        return sent > 0 && Settled();
    }

    /// <summary>Gets the receipt for what was sent, and stores the position in the journal.</summary>
    /// <returns>Always true.</returns>
    bool Settled()
    {
        if (!sink.Settle()) throw new IOException("the collector closed before it had read all");
        position.Move(cursor.Seq);
        Tell(problem: null);
        return true;
    }

    void Rewind()
    {
        sink.Dispose();
        cursor.Dispose();
        cursor = new JournalCursor(journal, position.Value);
    }

    void Tell(string? problem)
    {
        if (problem is not null == away) return;
        away = problem is not null;
        onChange(problem);
    }

    static bool IsAway(Exception fault) =>
        fault is SocketException or IOException or AuthenticationException or ObjectDisposedException
        || fault is AggregateException { InnerException: { } inner } && IsAway(inner);
}
