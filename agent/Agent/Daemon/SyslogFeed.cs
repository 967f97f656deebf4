using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Linux.Syslog;
using Difusor.Agent.Night;
using Serilog;

namespace Difusor.Agent.Daemon;

/// <summary>Feeds syslog from the journal, and tells how that goes.</summary>
sealed class SyslogFeed(JournalFile journal, SyslogWatch watch, Action<Signal> post, ILogger diagnostics) : IDisposable
{
    SyslogForwarder? forwarder;

    /// <summary>Gets how far the target is; null before <see cref="Begin"/>.</summary>
    public SyslogStatus? Status => watch.Target is { } target ? new SyslogStatus(target, Pending) : null;

    /// <summary>Begins, or begins anew with changed settings.</summary>
    public void Begin(Settings settings)
    {
        forwarder?.Dispose();
        var syslog = settings.Syslog;
        var identity = new SyslogIdentity(
            SyslogIdentity.FacilityNamed(syslog.Facility)!.Value, Environment.MachineName, Environment.ProcessId,
            TimeZoneInfo.Local, syslog.SdId, settings.Language);
        watch.Target = syslog.Target;
        forwarder = new SyslogForwarder(
            journal.Folder, Path.Combine(settings.Paths.State, "syslog.seq"),
            new SyslogSink(SyslogTarget.Read(syslog.Target)!, syslog.Format, identity),
            problem =>
            {
                if (problem is not null) diagnostics.Warning("syslog: {Problem}", problem);
                post(new SyslogHeard(syslog.Target, problem));
            });
        journal.Appended = forwarder.Wake;
        forwarder.Start();
    }

    public void Take(SyslogHeard heard, ClockReading now) => watch.Take(heard.Target, heard.Problem, now);

    /// <summary>Does what time requires.</summary>
    public void Tick(ClockReading now) => watch.Tick(Pending, now);

    public void Dispose() => forwarder?.Dispose();

    long Pending => forwarder is { } feeding ? Math.Max(0, journal.Seq - feeding.Settled) : 0;
}
