using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Linux.Syslog;
using Difusor.Agent.Night;
using Difusor.Agent.Texts;
using Serilog;

namespace Difusor.Agent.Daemon;

/// <summary>Feeds the syslog targets from the journal, and tells how that goes.</summary>
sealed class SyslogFeed(JournalFile journal, SyslogWatch watch, Action<Signal> post, ILogger diagnostics) : IDisposable
{
    SyslogForwarders? forwarders;

    /// <summary>Gets how far each target is; empty before <see cref="Begin"/>.</summary>
    public IReadOnlyList<SyslogStatus> Status => forwarders?.Status(journal.Seq) ?? [];

    /// <summary>Begins, or begins again with changed settings.</summary>
    /// <param name="instance">The name of this instance.</param>
    public void Begin(Settings settings, string instance)
    {
        journal.Appended = null;
        forwarders?.Dispose();
        var syslog = settings.Syslog;
        var identity = new SyslogIdentity(
            SyslogIdentity.FacilityNamed(syslog.Facility)!.Value, Environment.MachineName, Environment.ProcessId,
            TimeZoneInfo.Local, syslog.SdId, settings.Language,
            instance == AgentStatus.OnlyInstance ? null : instance);
        watch.Follow(syslog.All);
        forwarders = new SyslogForwarders(
            journal.Folder, settings.Paths.State, syslog.All,
            target => new SyslogSink(target, syslog.Format, identity, settings: syslog),
            (target, problem) =>
            {
                if (problem is not null)
                    diagnostics.Warning(
                        "syslog: {Target}: {Problem}", target, Details.In(settings.Language, problem));
                post(new SyslogHeard(target, problem));
            });
        journal.Appended = forwarders.Wake;
        forwarders.Start();
    }

    public void Take(SyslogHeard heard, ClockReading now) => watch.Take(heard.Target, heard.Problem, now);

    /// <summary>Does what time requires.</summary>
    public void Tick(ClockReading now) => watch.Tick(Status, now);

    public void Dispose() => forwarders?.Dispose();
}
