using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;
using Serilog.Core;
using Serilog.Events;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// The Serilog sink for syslog. Serilog.Sinks.Syslog would plug in here. It runs as an audit sink, so that a fault
/// reaches the caller: the forwarder must know what was delivered. It has one connection at a time, and opens it when
/// there is something to send.
/// </summary>
/// <param name="asked">The configured format; if it is auto, journald gets messages in its own format.</param>
sealed class SyslogSink(SyslogTarget target, SyslogFormat asked, SyslogIdentity identity) : ILogEventSink, IDisposable
{
    readonly SyslogFormat format = target.FormatFor(asked);
    // The daemon of a local socket adds the host name itself, and would take ours for the program's name.
    readonly SyslogIdentity local = target.Kind == SyslogTransportKind.Unix ? identity with { Host = null } : identity;
    ISyslogTransport? connection;
    bool isJournald;

    public bool IsConnected => connection is not null;

    /// <exception cref="Exception">The collector is away; the next call connects again.</exception>
    public void Emit(LogEvent logEvent)
    {
        var record = JournalLogEvent.RecordOf(logEvent);
        connection ??= Connect();
        var message = isJournald ? JournaldEntry.Format(record, identity)
            : format == SyslogFormat.Local ? LocalSyslog.Format(record, local) : Rfc5424.Format(record, identity);
        try { connection.Send(message); }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Closes the connection; returns true if everything sent on it is known to have been delivered.</summary>
    public bool Settle()
    {
        try { return connection?.Settle() ?? true; }
        finally { Dispose(); }
    }

    ISyslogTransport Connect()
    {
        var journald = asked == SyslogFormat.Auto && format == SyslogFormat.Local ? JournaldSocket.Behind(target)
            : null;
        isJournald = journald is not null;
        return SyslogTransports.Connect(journald ?? target);
    }

    public void Dispose()
    {
        connection?.Dispose();
        connection = null;
    }
}
