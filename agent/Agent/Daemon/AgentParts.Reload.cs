using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Daemon;

/// <summary>The reload of the configuration.</summary>
sealed partial class AgentParts
{
    /// <summary>
    /// Reloads the configuration at SIGHUP: a valid file takes effect, an invalid one changes nothing (contract,
    /// section 5).
    /// </summary>
    /// <exception cref="SystemFault">The journal refuses the record: nothing has taken effect, call again.</exception>
    public void Reload(ClockReading now)
    {
        Reading<Configured> reading;
        try { reading = ConfigurationFiles.Load(Configured.File, asAgent: true); }
        catch (SystemFault unreadable)
        {
            Recorder.Record(new ConfigRejected(Configured.File, null, null, unreadable.Message, null), now);
            return;
        }
        if (reading.Value is not { } fresh)
        {
            var problem = reading.Problems[0];
            Recorder.Record(
                new ConfigRejected(
                    problem.File, problem.At.Line, problem.At.Column, problem.What.In(Configured.Settings.Language),
                    null), now);
            return;
        }
        var change = SettingsChange.Between(Configured, fresh);
        if (change.NeedsRestart.Count > 0)
        {
            var why = $"a restart is needed for: {string.Join(", ", change.NeedsRestart)}";
            Recorder.Record(new ConfigRejected(fresh.File, null, null, why, change.OpensChanged), now);
            return;
        }
        Recorder.Record(new ConfigReloaded(fresh.File, [.. change.Changed]), now);
        try { TakeEffect(fresh); }
        catch (SystemFault fault) { Signals.Post(new DiskRefused(fault)); }
    }

    void TakeEffect(Configured fresh)
    {
        var before = Configured;
        Follow(fresh);
        if (before.Settings.Syslog != fresh.Settings.Syslog || before.Settings.Language != fresh.Settings.Language)
            BeginSyslog();
        if (before.Settings.Clock != fresh.Settings.Clock) BeginPolling();
        Receiver.Apply(Rules(fresh));
        Integrity.Apply(fresh.Settings);
        Store.Quarantine.Prune(fresh.Settings.Quarantine.Keep, fresh.Settings.Quarantine.Size);
    }
}
