using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// Clauses II.2.c and I.1: the host's clock, what keeps it right, and the servers that prove the opening.
/// </summary>
static class TimeRules
{
    public static IEnumerable<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        var time = host.Time;
        var sync = new Clause("ntp-sync");
        if (time.Client is not { } client) yield return sync.Unseen(new Said("check.ntp-client-none"));
        else yield return time.Synchronized
            ? sync.Pass(
                time.MaxError is { } error
                ? new Said("check.ntp-sync-yes", ("program", client), ("error", Times.Milliseconds(error)))
                : new Said("check.ntp-sync-said", ("program", client)))
            : sync.Fail(new Said("check.ntp-sync-no", ("program", client)), new Said("check.ntp-sync-mend"),
                client switch { "chrony" => "chronyc sources", "ntpd" => "ntpq -pn", _ =>
                    "timedatectl timesync-status" });

        var pool = new Clause("ntp-pool");
        if (time.Sources.Hidden is { } why) yield return pool.Unseen(why);
        else if (time.Sources.Seen is not { Count: > 0 } sources)
            yield return pool.Warn(new Said("check.ntp-pool-empty"), new Said("check.ntp-pool-mend"));
        else yield return sources.Any(IsPool)
            ? pool.Pass(new Said("check.ntp-sources", ("sources", string.Join(", ", sources))))
            : pool.Warn(
                new Said("check.ntp-sources", ("sources", string.Join(", ", sources))),
                new Said("check.ntp-pool-mend"));

        var servers = new Clause("ntp-servers");
        if (time.Answers is not { } poll) yield return servers.Unseen(new Said("check.ntp-servers-unasked"));
        else
        {
            var names = configured.Settings.Clock.Servers;
            var silent = names.Where(
                name => !poll.Replies.Any(reply => reply.Server == name && reply.Kind == ReplyKind.Answered)).ToList();
            (string, object?) answered = ("answered", names.Count - silent.Count), all = ("all", names.Count);
            yield return !time.Agreed
                ? servers.Fail(
                new Said("check.ntp-servers-none", answered, all), new Said("check.ntp-servers-mend"),
                "difusor-agent clock")
                : silent.Count > 0
                    ? servers.Warn(
                    new Said("check.ntp-servers-some", answered, all, ("silent", string.Join(", ", silent))),
                    command: "difusor-agent clock")
                : servers.Pass(new Said("check.ntp-servers-all", all));
        }

        yield return Zone(new Clause("time-zone"), host, configured.Profile.TimeZone);
    }

    static ConformityRow Zone(Clause clause, HostFacts host, string zone)
    {
        if (host.Time.ZoneData is not { } version)
            return clause.Fail(
                new Said("check.time-zone-none", ("zone", zone)), command: host.System.Install("tzdata", "tzdata"));
        return host.Time.HostSays is { } there
            ? clause.Fail(
                new Said(
                    "check.time-zone-old", ("zone", zone), ("version", version), ("there", there),
                    ("ours", ZoneOpinions.ProgramVersion)),
                new Said("check.time-zone-old-mend"),
                host.System.Either("apt-get update && apt-get install tzdata", "dnf upgrade tzdata"))
            : clause.Pass(new Said("check.time-zone-right", ("zone", zone), ("version", version)));
    }

    /// <summary>Returns whether a name belongs to www.pool.ntp.org, including a vendor's zone of it.</summary>
    static bool IsPool(string name) => name.Equals("pool.ntp.org", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".pool.ntp.org", StringComparison.OrdinalIgnoreCase);
}
