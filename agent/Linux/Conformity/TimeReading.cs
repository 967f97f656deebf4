using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Ntp;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Conformity;

/// <summary>Reads the host's NTP client and its sources, the agent's own servers, and the time zone data.</summary>
sealed class TimeReading(HostTree tree, BoundedProgram programs)
{
    static readonly string[] NtpFiles = ["/etc/ntp.conf", "/etc/ntpsec/ntp.conf", "/etc/openntpd/ntpd.conf"];

    public TimeFacts Read(IReadOnlySet<string> processes, Configured configured, bool ask)
    {
        var client = HostTimeClient.NameOf(processes);
        var asked = HostTimeClient.Ask();
        // The client's own answer counts more than the kernel's. For a prepared tree, the programs in it are asked.
        var report = client == "chrony" && programs.Run("chronyc", "-n", "tracking") is { Exit: 0 } tracking
            ? HostTimeReport.OfChrony(tracking.Output) : asked.Report;
        var answers = ask ? new NtpClient(configured.Settings.Clock.Servers).Ask() : null;
        return new TimeFacts(
            client, report?.Synchronized ?? asked.Synchronized ?? false, asked.MaxError, Sources(client), answers,
            answers is not null
                && Selection.Among(
                Selection.Votes(answers, RawRate.Unmeasured, answers.Finished.Raw),
                configured.Settings.Clock.Quorum) is not null,
            Version(configured.Profile.TimeZone), HostSays(configured.Profile));
    }

    Fact<ImmutableList<string>> Sources(string? client)
    {
        switch (client)
        {
            case "chrony":
                // mode, state, name, stratum, ...; -N gives the names of the configuration, not the addresses.
                var answer = programs.Run("chronyc", "-c", "-N", "sources");
                if (answer is not { Exit: 0 })
                    return new Fact<ImmutableList<string>>(
                        null, new Said("check.hidden-fault", ("what", "chronyc"), ("fault", answer?.FirstLine ?? "")));
                return answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))
                    .Where(fields => fields.Length > 2).Select(fields => fields[2]).Distinct().ToImmutableList();
            case "timesyncd":
                var shown = programs.Run(
                    "timedatectl", "show-timesync", "-p", "ServerName", "-p", "SystemNTPServers", "-p",
                    "FallbackNTPServers");
                if (shown is not { Exit: 0 })
                    return new Fact<ImmutableList<string>>(
                        null, new Said(
                        "check.hidden-fault", ("what", "timedatectl"), ("fault", shown?.FirstLine ?? "")));
                return shown.Output.Split('\n')
                    .SelectMany(
                    line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(
                    ' ', StringSplitOptions.RemoveEmptyEntries)).Distinct().ToImmutableList();
            case null:
                return new Fact<ImmutableList<string>>(null, new Said("check.ntp-client-none"));
            default:
                return NtpFiles.Select(file => tree.Text(file).Seen).OfType<string>()
                    .SelectMany(text => text.Split('\n'))
                    .Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
                    .Where(words => words is ["server" or "servers" or "pool", _, ..]).Select(words => words[1])
                        .Distinct().ToImmutableList();
        }
    }

    string? Version(string zone) =>
        tree.Exists($"{ZoneData.Folder}/{zone}") ? ZoneData.Version(tree.Head) ?? "?" : null;

    static DateTimeOffset? HostSays(ElectionProfile profile)
    {
        var zone = ZoneOpinions.Of(profile.TimeZone);
        return ZoneAgreement.HostDiffers(profile, zone) is { } at ? zone.ByHost(at) : null;
    }
}
