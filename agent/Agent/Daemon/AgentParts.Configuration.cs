using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Daemon;

/// <summary>How a running agent takes a changed configuration, and shows the one in force.</summary>
sealed partial class AgentParts
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);
    long nextLook;

    /// <summary>
    /// Reloads the configuration: a valid file takes effect; an invalid, missing or unreadable one changes nothing
    /// (contract, section 5).
    /// </summary>
    /// <returns>The answer to who asked.</returns>
    /// <exception cref="SystemFault">The journal refuses the record: nothing has taken effect, call again.</exception>
    public OperatorReply Reload(ClockReading now)
    {
        var (refusal, fresh, change) = ReadAgain();
        if (refusal is not null) return Reject(refusal, now);
        Recorder.Record(new ConfigReloaded(fresh.File, [.. change.Changed]), now);
        try { TakeEffect(fresh, change); }
        catch (SystemFault fault) { Signals.Post(new DiskRefused(fault)); }
        return OperatorReply.Of(
            OperatorOutcome.Done, change.Changed.Count == 0 ? "reloaded-same" : "reloaded",
            [
                ("path", fresh.File), ("changed", string.Join(", ", change.Changed)),
                .. new CommandLook(asAgent: true).Problems(fresh.Settings)
                    .Select((problem, at) => ($"{ReloadConfiguration.Warning}{at + 1}", problem)),
            ]);
    }

    /// <summary>Reads the files, and compares them with what is in force.</summary>
    /// <returns>Why a reload refuses them; or, without a refusal, what they say and what has changed.</returns>
    (ConfigRejected? Refusal, Configured Fresh, SettingsChange Change) ReadAgain()
    {
        var language = Configured.Settings.Language;
        (ConfigRejected?, Configured, SettingsChange) Refuse(
            string file, Position? at, string problem, bool? opensChanged = null) => (
            new ConfigRejected(file, at?.Line, at?.Column, problem, opensChanged), Configured,
            new SettingsChange([], []));
        Reading<Configured> reading;
        try { reading = ConfigurationFiles.Load(Configured.File, asAgent: true); }
        catch (SystemFault fault)
        {
            var unread = new Said("config.unreadable", ("path", Configured.File), ("fault", fault.Message));
            return Refuse(Configured.File, null, unread.In(language));
        }
        if (reading.Value is not { } fresh)
            return Refuse(reading.Problems[0].File, reading.Problems[0].At, reading.Problems[0].Text(language));
        var change = SettingsChange.Between(Configured, fresh);
        if (change.NeedsRestart.Count == 0) return (null, fresh, change);
        var why = new Said("config.needs-restart", ("keys", string.Join(", ", change.NeedsRestart)));
        return Refuse(fresh.File, null, why.In(language), change.OpensChanged);
    }

    /// <summary>Looks now and then whether the files still say what is in force: to read them costs a little.</summary>
    void LookAtConfiguration(ClockReading now)
    {
        if (now.Monotonic < nextLook) return;
        nextLook = now.Monotonic + (long)LookEvery.TotalNanoseconds;
        var (refusal, _, change) = ReadAgain();
        configurationWatch.Look(
            refusal is not null ? new ConfigChanged(refusal.File, refusal.Line, refusal.Column, refusal.Problem, null)
            : change.Changed.Count == 0 ? null : new ConfigChanged(Configured.File, null, null, null, change.Changed),
            now);
    }

    void TakeEffect(Configured fresh, SettingsChange change)
    {
        var before = Configured;
        Follow(fresh);
        if (change.Changed.Any(key => key == "language" || key.StartsWith("syslog.", StringComparison.Ordinal)))
            Syslog.Begin(fresh.Settings, Instance);
        if (before.Settings.Clock != fresh.Settings.Clock) BeginPolling();
        Receiver.Apply(Rules(fresh));
        Integrity.Apply(fresh.Settings);
        After.Apply(fresh.Settings.Publication.After);
        Store.Quarantine.Prune(fresh.Settings.Quarantine.Keep, fresh.Settings.Quarantine.Size);
    }

    /// <summary>Returns the configuration in force, without its secrets.</summary>
    public OperatorReply ShowConfiguration() => OperatorReply.Of(
        OperatorOutcome.Done, "configuration", ("settings", SettingsWriter.ShowYaml(Configured.Settings)),
        ("profile", ProfileWriter.ShowYaml(Configured.Profile)));

    OperatorReply Reject(ConfigRejected told, ClockReading now)
    {
        Recorder.Record(told, now);
        configurationWatch.Rejected(told);
        var place = told.Line is null ? told.File : $"{told.File}:{told.Line}:{told.Column}";
        return OperatorReply.Of(
            OperatorOutcome.Refused, ReloadConfiguration.Rejected, ("place", place), ("problem", told.Problem));
    }
}
