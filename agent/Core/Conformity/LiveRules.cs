using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>Clauses I.9, I.10 and I.12: what the running agent says is wrong now.</summary>
static class LiveRules
{
    /// <summary>Here it would send the reader to what is being read.</summary>
    const string Here = "difusor-agent check";

    public static IEnumerable<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        var (settings, hidden) = (configured.Settings, Hidden(host));
        var troubles = new Clause("troubles");
        yield return hidden is not null ? troubles.Unseen(hidden)
            : Judge(troubles, Troubles(host), new Said("check.troubles-none"));

        var heal = new Clause("heal");
        yield return hidden is null && host.Agent.Status.Seen!.Sentinel.State != "intact"
            ? heal.Fail(new Said("check.heal-altered"), command: TroubleCatalogue.Of(Trouble.Integrity).Help)
            : !settings.Sentinel.Heal
                ? heal.Warn(new Said("check.key", ("key", "sentinel.heal: false")), new Said("check.heal-mend"))
            : hidden is not null ? heal.Unseen(hidden) : heal.Pass(new Said("check.heal-on"));

        var probes = new Clause("probes");
        var found = Troubles(host).Where(IsOfProbe).ToList();
        if (settings.Sentinel.Probes.Count == 0)
            yield return probes.Warn(
                new Said("check.probes-none"), new Said("check.probes-mend"), ContentRules.SetUp);
        else if (hidden is null && found.Count == 0
            && host.Agent.Status.Seen!.Sentinel.ProbesGood < settings.Sentinel.Probes.Count)
            yield return probes.Unseen(new Said("check.probes-unread"));
        else yield return hidden is not null ? probes.Unseen(hidden)
            : Judge(probes, found, new Said("check.probes-set", ("urls", string.Join(", ", Shown(settings.Sentinel)))));
    }

    /// <summary>Returns why the running agent's own word cannot be had; null if it can.</summary>
    public static Said? Hidden(HostFacts host) =>
        host.Agent.Status.Hidden
            ?? (host.Agent is { Running: true, Status.Seen: not null } ? null : new Said("check.agent-stopped"));

    static ConformityRow Judge(Clause clause, IReadOnlyList<TroubleStatus> troubles, Said none)
    {
        if (troubles.Count == 0) return clause.Pass(none);
        var found = new Said("check.troubles-some", ("troubles", new Text(
            string.Join(" ", troubles.Select(trouble => trouble.In(Language.Es))),
            string.Join(" ", troubles.Select(trouble => trouble.In(Language.En))))));
        var commands = troubles.SelectMany(Commands).Distinct().Take(MostCommands).ToList();
        var mend = troubles.Any(one => one.Command?.EndsWith(Here, StringComparison.Ordinal) == true)
            ? new Said("check.troubles-here") : null;
        // A trouble of a newer agent may come without a command.
        var command = commands.Count > 0 ? string.Join("; ", commands) : mend is null ? Log : null;
        return troubles.All(IsWarning) ? clause.Warn(found, mend, command) : clause.Fail(found, mend, command);
    }

    const int MostCommands = 4;
    const string Log = "journalctl -u difusor-agent";

    /// <summary>Returns the commands that help, without this very one: what it would show is in another row.</summary>
    static IEnumerable<string> Commands(TroubleStatus trouble) =>
        (trouble.Command ?? "").Split("; ", StringSplitOptions.RemoveEmptyEntries).Where(one => one != Here);

    /// <summary>Returns whether a trouble may wait; an event of a newer agent is not known to.</summary>
    static bool IsWarning(TroubleStatus trouble) =>
        EventCatalogue.Named(trouble.Event) is { Severity: > Severity.Error };

    /// <summary>Returns what is wrong now, as status.json has it.</summary>
    static IReadOnlyList<TroubleStatus> Troubles(HostFacts host) => host.Agent.Status.Seen?.Troubles ?? [];

    static bool IsOfProbe(TroubleStatus trouble) => trouble.Trouble == Trouble.Probe.Name();

    static IEnumerable<string> Shown(SentinelSettings sentinel) =>
        sentinel.Probes.Select(probe => ProbeAddress.Words(sentinel.Shown(probe.Url)));
}
