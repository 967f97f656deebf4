using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>Clauses I.9 to I.11 and I.13: how the agent is configured for them.</summary>
static class AgentRules
{
    public static IEnumerable<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        var settings = configured.Settings;
        var coverage = new Clause("hash-coverage");
        yield return settings.Hashes.RequireFullCoverage
            ? coverage.Pass(new Said("check.coverage-full"))
            : coverage.Warn(
                new Said("check.key", ("key", "hashes.require_full_coverage: false")), new Said("check.coverage-mend"));

        yield return Private(host, settings);

        var cadence = new Clause("cadence");
        yield return cadence.Pass(
            new Said(
            "check.cadence-set", ("cadence", Times.Show(configured.Profile.Cadence)),
            ("grace", Times.Show(settings.Publication.Grace))));

        yield return Notices(new Clause("notify"), host, settings.Notify);
    }

    /// <summary>
    /// Checks the notices. Whether a command can do its work in the agent's unit, only a run there shows.
    /// </summary>
    static ConformityRow Notices(Clause clause, HostFacts host, NotifySettings settings)
    {
        const string Test = "difusor-agent notify test";
        if (settings.Command is not { } line)
            return clause.Warn(new Said("check.notify-none"), new Said("check.notify-mend"));
        if (host.NotifyProblem is { } problem)
            return clause.Fail(
                new Said("check.notify-cannot", ("detail", problem)), new Said("check.notify-cannot-mend"),
                "difusor-agent config reload && " + Test);
        if (LiveRules.Hidden(host) is { } hidden) return clause.Unseen(hidden);
        (string, object?) command = ("command", Secrets.Command(line));
        if (host.Agent.Status.Seen!.Notify is not { } notify || notify is { LastSuccess: null, LastFailure: null })
            return clause.ByHand(new Said("check.notify-untried", command), command: Test);
        return notify.Works
            ? clause.Pass(new Said("check.notify-works", command, ("at", notify.LastSuccess)))
            : clause.Fail(
                new Said(
                notify.Exit is null ? "check.notify-unended" : "check.notify-fails", command,
                ("at", notify.LastFailure), ("exit", notify.Exit), ("said", notify.Said)),
                new Said("check.notify-fails-mend"), Test);
    }

    /// <summary>
    /// Checks that only the agent can read what is held. Otherwise the results could be known before the opening.
    /// </summary>
    static ConformityRow Private(HostFacts host, Settings settings)
    {
        var clause = new Clause("held-private");
        var state = settings.Paths.State;
        string[] folders =
            [$"{state}/held", $"{state}/staging", $"{state}/vault", $"{state}/quarantine", $"{state}/journal"];
        foreach (var path in folders)
        {
            if (host.Folder(path).Hidden is { } why) return clause.Unseen(why);
            if (host.Folder(path).Seen is not { } found)
                return clause.ByHand(new Said("check.folder-missing", ("path", path)), new Said("check.state-mend"));
            if ((found.Mode & 0b000_111_111) != 0)
                return clause.Fail(
                    new Said("check.folder-open", ("path", path), ("mode", Octal(found.Mode))),
                    command: $"chmod 0700 {path}");
        }
        return clause.Pass(new Said("check.held-private-none", ("folder", state)));
    }

    internal static string Octal(uint mode) => Convert.ToString(mode, 8).PadLeft(4, '0');
}
