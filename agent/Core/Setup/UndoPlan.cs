namespace Difusor.Agent.Setup;

/// <summary>
/// Plans the undo of setup: it removes its own files, gives the system administrator's agent.yaml its former values
/// back, and reverses the recorded commands. Data, accounts and the journal stay.
/// </summary>
public static class UndoPlan
{
    public static IReadOnlyList<Stage> Of(SetupInstance instance, HostFacts host)
    {
        var record = UndoRecord.Of(instance, host);
        var recorded = record.Commands.Reverse().ToList();
        // Clause I.1: what is published stays, and so does the way to its readers and the agent that watches it; the
        // operator takes it down with `withdraw`, which asks for a reason. Another instance's site also needs Apache
        // and the modules, no matter which instance enabled them. Commands that are not undone now stay in the record
        // for later.
        var shared = host.Enabled.Any(
            name => name.StartsWith("site:difusor-agent", StringComparison.Ordinal) && name != "site:" + instance.Site);
        bool Later(string[] words) => OfApache(words) ? host.Published || (shared && words[0] != "a2dissite")
            : host.Published ? words[0] == "systemctl" || words[^1].EndsWith("difusor-agent", StringComparison.Ordinal)
            : words[0] switch
            {
                "firewall-cmd" => host.Firewalld is null,
                "ufw" => host.Ufw is null,
                _ => false,
            };
        List<Stage> stages =
        [
            new("firewall", Taken(words => words[0] is "firewall-cmd" or "ufw"), [],
                host.Firewalld is null ? [] : [["firewall-cmd", "-q", "--reload"]]),
            new("ssh", SetupPlan.Provable(Gone(instance.SshDropIn), host), [new Proof(["sshd", "-t"])],
                [["systemctl", "reload-or-restart", host.SshUnit]]),
            new("account", [.. Gone(instance.Keys), .. Taken(words => words[0] == "usermod")], [], []),
        ];
        if (!host.Published) stages.AddRange(
        [
            new("apache",
                [.. Taken(OfApache), .. instance.IsFirst ? [] : Gone(instance.SiteFile(host.Debian)),
                .. Gone(instance.ApacheNames)],
                [new Proof(["apachectl", "configtest"])], [["systemctl", "reload-or-restart", host.ApacheUnit]]),
            Agent(instance, host, record, Taken(words => words[0] == "systemctl" && !OfApache(words))),
            new("syslog", instance.IsFirst ? [] : Gone(instance.RsyslogDropIn), [],
                [["systemctl", "try-restart", "rsyslog.service"]]),
            new("files", [.. Gone(instance.Sysusers), .. Gone(instance.Tmpfiles)], [], []),
        ]);
        var left = SetupPlan.File(host, instance.Record, record.Left(Later, withMarks: host.Published));
        stages.Add(new("record", left is null ? [] : [left], [], []));
        stages.RemoveAll(stage => stage.Changes.Count == 0);
        return stages;

        bool OfApache(string[] words) =>
            words[0] is "a2dissite" or "a2dismod" || (words[0] == "systemctl" && words[^1] == host.ApacheUnit);
        List<Change> Taken(Func<string[], bool> which) =>
            [.. recorded.Where(words => which(words) && !Later(words)).Select(words => new CommandChange(words))];
        List<Change> Gone(string path) => SetupPlan.File(host, path, null) is { } change ? [change] : [];
    }

    /// <summary>
    /// Returns whether an undo keeps the system administrator's own edits of the agent.yaml that setup made.
    /// </summary>
    public static bool Saves(IEnumerable<Stage> plan, SetupInstance instance) =>
        plan.SelectMany(stage => stage.Changes).OfType<CommandChange>()
            .Any(change => change.Run is ["mv", .., var to] && to == instance.Saved);

    static Stage Agent(SetupInstance instance, HostFacts host, UndoRecord record, List<Change> commands)
    {
        var edited = Configuration(instance, host, record);
        if (edited is not { After: null, Before: { } text })
            return new Stage(
                "agent", edited is null ? commands : [.. commands, edited], [],
                edited is not null && host.AgentRuns && commands.Count == 0 ? [["systemctl", "restart", instance.Unit]]
                : []);
        // Without its configuration the agent cannot start, whoever has enabled it.
        if (commands.Count == 0 && (host.AgentRuns || host.AgentStarts))
            commands.Add(new CommandChange(["systemctl", "disable", "-q", "--now", instance.Unit]));
        // Moved, so that it keeps its mode: it may hold a secret.
        Change goes = record.IsOwn(text) ? edited
            : new CommandChange(
                ["mv", "-f", instance.Config, instance.Saved], ["mv", "-f", instance.Saved, instance.Config]);
        return new Stage("agent", [.. commands, goes], [], []);
    }

    /// <summary>
    /// Returns the change of agent.yaml: setup's own goes, and another's gets back the values that setup has changed.
    /// </summary>
    static FileChange? Configuration(SetupInstance instance, HostFacts host, UndoRecord record)
    {
        if (record.MadeConfiguration) return SetupPlan.File(host, instance.Config, null);
        if (host is not { Settings: { } settings, Places: { } places }
            || !host.Files.TryGetValue(instance.Config, out var text)) return null;
        var edits = new List<(string, string)>();
        if (record.FormerElection is { } election) edits.Add(("election", SetupConfiguration.Scalar(election)));
        var ours = SetupConfiguration.OfRsyslog(instance);
        if (ours.Contains(settings.Syslog.Target))
            edits.Add(("syslog.target", SetupConfiguration.Quoted(SetupConfiguration.DefaultTarget)));
        if (settings.Syslog.Targets is [SetupConfiguration.DefaultTarget, var second] && ours.Contains(second))
            edits.Add(("syslog.targets", "null"));
        if (settings.Sentinel.Probes.Any(probe =>
            probe.Url.OriginalString.Contains("@127.0.0.1/", StringComparison.Ordinal))) edits.Add(
            ("sentinel.probes", "[]"));
        return SetupPlan.File(host, instance.Config, SetupConfiguration.Edited(text, places, edits));
    }
}
