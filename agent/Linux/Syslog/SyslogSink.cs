using System.Net.Sockets;
using System.Security.Authentication;
using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// Sends records to syslog through Serilog: it hands them to an audit pipeline, which throws where others only log, and
/// is that pipeline's sink itself. It opens a connection when there is something to send, and ends it for the receipt;
/// each transport says what its receipt is worth.
/// </summary>
sealed class SyslogSink : IEventSink, ILogEventSink
{
    /// <summary>
    /// The pace of datagrams. journald (10,000 in 30 s) and the shipped rsyslog drop-in drop what comes faster than
    /// their limits, which stop a program from filling the log, and never tell the sender.
    /// </summary>
    internal static readonly SinkPace OfDatagrams = new(250, TimeSpan.FromSeconds(1));
    static readonly SinkPace OfStreams = new(2000, TimeSpan.Zero);

    readonly SyslogTarget target;
    readonly SyslogFormat asked, format;
    readonly SyslogIdentity identity, local;
    readonly TimeSpan patience;
    readonly Func<SyslogTarget, SyslogTarget?> behind;
    readonly SyslogSettings settings;
    readonly Logger pipeline;
    readonly CancellationTokenSource ended = new();
    ISyslogTransport? connection;
    bool isJournald;
    long handedOver;

    /// <param name="asked">The configured format; if it is auto, journald gets messages in its own format.</param>
    /// <param name="patience">How long the collector may take for one step; null: as long as agents give it.</param>
    /// <param name="behind">Finds journald's own socket; null: where the host has it.</param>
    /// <param name="settings">What they say about certificates, for TLS; null: the host's authorities count.</param>
    public SyslogSink(
        SyslogTarget target, SyslogFormat asked, SyslogIdentity identity, TimeSpan? patience = null,
        Func<SyslogTarget, SyslogTarget?>? behind = null, SyslogSettings? settings = null)
    {
        (this.target, this.asked, this.identity) = (target, asked, identity);
        this.settings = settings ?? new SyslogSettings();
        this.patience = patience ?? SyslogTransports.Patience;
        this.behind = behind ?? JournaldSocket.Behind;
        format = target.FormatFor(asked);
        // The daemon of a local socket adds the host name itself, and would take ours for the program's name.
        local = target.Kind == SyslogTransportKind.Unix ? identity with { Host = null } : identity;
        pipeline = new LoggerConfiguration().MinimumLevel.Verbose().AuditTo.Sink(this).CreateLogger();
    }

    public long Settled { get; private set; }

    public SinkPace Pace =>
        target.Kind is SyslogTransportKind.Unix or SyslogTransportKind.Udp ? OfDatagrams : OfStreams;

    public void Send(JournalRecord record)
    {
        Reach(() => pipeline.Write(JournalLogEvent.Of(record, identity.Language)));
        handedOver = record.Seq;
    }

    public void Settle()
    {
        var open = connection;
        Reach(() =>
        {
            if (open?.Settle() == false) throw new IOException("the collector has not taken all that was sent");
        });
        if (open is null) return;
        Settled = Math.Max(Settled, handedOver);
        Drop();
    }

    public void Look() => Reach(() => Connect().Dispose());

    public void Dispose()
    {
        ended.Cancel();
        Drop();
    }

    void ILogEventSink.Emit(LogEvent logEvent)
    {
        var record = JournalLogEvent.RecordOf(logEvent);
        var open = connection ??= Connect();
        // Dispose may have come while it was opened.
        ended.Token.ThrowIfCancellationRequested();
        open.Send(isJournald ? JournaldEntry.Format(record, identity)
            : format == SyslogFormat.Local ? LocalSyslog.Format(record, local) : Rfc5424.Format(record, identity));
    }

    ISyslogTransport Connect()
    {
        var own = asked == SyslogFormat.Auto && format == SyslogFormat.Local ? behind(target) : null;
        isJournald = own is not null;
        return SyslogTransports.Connect(own ?? target, settings, patience, ended.Token);
    }

    /// <summary>Takes a step towards the collector. If it fails, what is on the connection counts as lost.</summary>
    void Reach(Action step)
    {
        try
        {
            ended.Token.ThrowIfCancellationRequested();
            step();
        }
        catch (Exception fault)
        {
            Drop();
            var cause = fault is AggregateException { InnerException: { } inner } ? inner : fault;
            if (IsAway(cause)) throw new IOException(cause.Message, cause);
            throw;
        }
    }

    /// <summary>Closes the connection; from another thread, that ends what waits on it.</summary>
    void Drop() => Interlocked.Exchange(ref connection, null)?.Dispose();

    static bool IsAway(Exception fault) =>
        fault is SocketException or IOException or AuthenticationException or ObjectDisposedException
            or OperationCanceledException or TimeoutException;
}
