using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using Difusor.Agent.Conformity;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Conformity;

/// <summary>Reads which ports are listened on, who may connect to them, and this host's addresses.</summary>
sealed class NetworkReading(HostTree tree, BoundedProgram programs, bool isRoot)
{
    const string ListenState = "0A";

    /// <summary>
    /// Reads the listening ports from /proc/net/tcp and tcp6 (proc(5)), where addresses are in hex. Leaves out
    /// loopback.
    /// </summary>
    public Fact<ImmutableHashSet<int>> Listening()
    {
        var ports = ImmutableHashSet.CreateBuilder<int>();
        var seen = false;
        foreach (var file in new[] { "/proc/net/tcp", "/proc/net/tcp6" })
        {
            if (tree.Text(file).Seen is not { } text) continue;
            seen = true;
            foreach (var line in text.Split('\n'))
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, ListenState, ..]
                    && local.Split(':') is [var address, var port]
                    && !address.EndsWith("7F", StringComparison.Ordinal)
                        && address != "00000000000000000000000001000000"
                    && int.TryParse(port, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
                    ports.Add(number);
        }
        return seen ? ports.ToImmutable() : new Fact<ImmutableHashSet<int>>(null, HostTree.NeedsRoot("/proc/net/tcp"));
    }

    public Fact<Firewall> Firewall(IReadOnlySet<string> processes, int ssh)
    {
        if (programs.Find("ufw") is not null && programs.Run("ufw", "status", "verbose") is { Exit: 0 } ufw
            && UfwStatus.Read(ufw.Output, ssh) is { } active) return active;
        if (programs.Find("nft") is null)
            return processes.Contains("firewalld") ? new Fact<Firewall>(null, new Said("check.hidden-iptables"))
                : WithoutNft();
        var answer = programs.Run("nft", "-j", "list", "ruleset");
        if (answer is not { Exit: 0 })
            return new Fact<Firewall>(
                null, isRoot ? new Said("check.hidden-fault", ("what", "nft"), ("fault", answer?.FirstLine ?? ""))
                : HostTree.NeedsRoot("nft list ruleset"));
        try
        {
            var ruleset = NftRuleset.Read(answer.Output);
            var kind = processes.Contains("firewalld") ? "firewalld" : ruleset.Filters ? "nftables" : null;
            return new Firewall(kind, ruleset.Of(443), ruleset.Of(ssh));
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new Fact<Firewall>(null, new Said("check.hidden-fault", ("what", "nft"), ("fault", fault.Message)));
        }
    }

    /// <summary>
    /// Reads the firewall without nft: only checks whether iptables has rules, and does not evaluate them.
    /// </summary>
    Fact<Firewall> WithoutNft()
    {
        if (programs.Find("iptables-save") is null) return new Firewall(null, PortReach.Everyone, PortReach.Everyone);
        var answer = programs.Run("iptables-save");
        if (answer is not { Exit: 0 }) return new Fact<Firewall>(null, HostTree.NeedsRoot("iptables-save"));
        return answer.Output.Contains("-A INPUT", StringComparison.Ordinal)
            || answer.Output.Contains(":INPUT DROP", StringComparison.Ordinal)
            ? new Fact<Firewall>(null, new Said("check.hidden-iptables"))
                : new Firewall(null, PortReach.Everyone, PortReach.Everyone);
    }

    public static IReadOnlyList<string> Addresses()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces()
                .Where(each => each.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .SelectMany(each => each.GetIPProperties().UnicastAddresses).Select(each => each.Address)
                .Where(address =>
                    address is { AddressFamily: AddressFamily.InterNetwork }
                    or { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: false })
                .Select(address => address.ToString())];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
