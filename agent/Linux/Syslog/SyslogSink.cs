using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;
using Serilog.Core;
using Serilog.Events;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// The Serilog sink for syslog: the place where Serilog.Sinks.Syslog would plug in. It is driven as an audit sink (a
/// fault reaches the caller), for the forwarder must know what has been taken over. One connection at a time, made when
/// there is something to say.
/// </summary>
/// <param name="asked">The format that is configured: where it is auto, journald is told in its own.</param>
sealed class SyslogSink(SyslogTarget target, SyslogFormat asked, SyslogIdentity identity) : ILogEventSink, IDisposable
{
    readonly SyslogFormat format = target.FormatFor(asked);
    // A local socket's daemon adds the host's name itself, and would take ours for the program's.
    readonly SyslogIdentity local = target.Kind == SyslogTransportKind.Unix ? identity with { Host = null } : identity;
    ISyslogTransport? connection;
    bool isJournald;

    public bool IsConnected => connection is not null;

    /// <exception cref="Exception">The collector is away; the next call connects anew.</exception>
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

    /// <summary>Closes the connection; true where everything sent on it is known to have been taken over.</summary>
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
