using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>Clause I.1: when the site opens, and until when nothing may interrupt it.</summary>
static class PublicationRules
{
    public static IEnumerable<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        var profile = configured.Profile;
        (string, object?) until = ("until", profile.KeepUntil);
        var opening = new Clause("opening");
        yield return host.Now > profile.KeepUntil
            ? opening.Fail(
                new Said("check.opening-over", ("election", profile.Id), ("opens", profile.Opens), until),
                new Said("check.opening-mend", ("file", configured.File)))
            : opening.Pass(new Said("check.opening-set", ("election", profile.Id), ("opens", profile.Opens), until));

        var agent = new Clause("agent-running");
        yield return host.Agent is { Running: true, Status.Seen.Election: var serves } && serves != profile.Id
            ? agent.Fail(
                new Said("check.agent-other", ("serves", serves), ("election", profile.Id)),
                command: "systemctl restart difusor-agent")
            : host.Agent.Running
                && ConfigurationDigest.Differs(configured, host.Agent.Status.Seen?.ConfigurationSha256)
            ? agent.Warn(
                new Said("check.agent-older", ("version", host.Agent.Version), ("file", configured.File)),
                command: "difusor-agent config reload")
            : host.Agent.Running ? agent.Pass(new Said("check.agent-runs", ("version", host.Agent.Version)))
            : agent.Fail(new Said("check.agent-stopped"), command: "systemctl enable --now difusor-agent");

        var boot = new Clause("agent-at-boot");
        yield return host.Agent.Enabled switch
        {
            true => boot.Pass(new Said("check.boot-yes")),
            false => boot.Fail(new Said("check.boot-no"), command: "systemctl enable difusor-agent"),
            null => boot.ByHand(new Said("check.boot-unseen"), new Said("check.boot-mend")),
        };
    }
}
