using System.Net;
using System.Net.Sockets;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>Clauses II.2.a to II.2.c: the line, the address, and who may connect.</summary>
static class NetworkRules
{
    public static IEnumerable<ConformityRow> Rows(HostFacts host)
    {
        yield return new Clause("bandwidth")
            .ByHand(new Said("check.bandwidth-unseen"), new Said("check.bandwidth-mend"));

        var address = new Clause("public-address");
        var open = host.Addresses.FirstOrDefault(IsPublic);
        yield return open is not null ? address.Pass(new Said("check.public-address-found", ("address", open)))
            : address.ByHand(
                host.Addresses.Count == 0 ? new Said("check.public-address-alone")
                : new Said("check.public-address-none", ("addresses", string.Join(", ", host.Addresses))),
                new Said("check.public-address-mend"));

        Clause https = new("firewall-https"), ssh = new("firewall-ssh");
        if (host.Firewall.Hidden is { } why)
        {
            yield return https.Unseen(why);
            yield return ssh.Unseen(why);
            yield break;
        }
        if (host.Firewall.Seen is not { Kind: { } kind } wall)
        {
            yield return https.ByHand(new Said("check.firewall-none"), new Said("check.firewall-none-mend"));
            yield return ssh.ByHand(new Said("check.firewall-none"), new Said("check.firewall-ssh-mend"));
            yield break;
        }
        (string, object?) firewall = ("firewall", kind), port = ("port", 443);
        yield return wall.Https.Reach switch
        {
            Reach.Everyone => https.Pass(new Said("check.firewall-open", firewall, port)),
            Reach.Unclear =>
                https.ByHand(new Said("check.firewall-unclear", firewall, port), new Said("check.firewall-none-mend")),
            Reach.Some =>
                https.Fail(
                new Said("check.firewall-some", firewall, port, ("from", string.Join(", ", wall.Https.From))),
                command: Open(kind)),
            _ => https.Fail(new Said("check.firewall-closed", firewall, port), command: Open(kind)),
        };
        port = ("port", host.Ssh.Seen?.Ports is [var first, ..] ? first : 22);
        yield return wall.Ssh.Reach switch
        {
            Reach.Some =>
                ssh.Pass(new Said("check.firewall-some", firewall, port, ("from", string.Join(", ", wall.Ssh.From)))),
            Reach.Everyone =>
                ssh.Warn(new Said("check.firewall-open", firewall, port), new Said("check.firewall-ssh-mend")),
            Reach.Unclear =>
                ssh.ByHand(new Said("check.firewall-unclear", firewall, port), new Said("check.firewall-ssh-mend")),
            _ => ssh.Fail(new Said("check.firewall-closed", firewall, port), new Said("check.firewall-ssh-mend")),
        };
    }

    static string Open(string kind) => kind switch
    {
        "ufw" => "ufw allow 443/tcp",
        "firewalld" => "firewall-cmd --permanent --add-service=https && firewall-cmd --reload",
        _ => "nft add rule inet filter input tcp dport 443 accept",
    };

    /// <summary>
    /// Returns whether an address is public. IPv4: not private (RFC 1918), shared (RFC 6598), loopback, link-local,
    /// multicast, for benchmarks or for documentation. IPv6: in 2000::/3.
    /// </summary>
    internal static bool IsPublic(string text)
    {
        if (!IPAddress.TryParse(text, out var address)) return false;
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return (address.GetAddressBytes()[0] & 0xe0) == 0x20;
        var b = address.GetAddressBytes();
        return !(
            b[0] is 0 or 10 or 127 or >= 224 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168)
            || (b[0] == 169 && b[1] == 254) || (b[0] == 100 && (b[1] & 0xc0) == 64)
                || (b[0] == 198 && (b[1] & 0xfe) == 18)
            || (b[0], b[1], b[2]) is (192, 0, 2) or (198, 51, 100) or (203, 0, 113));
    }
}
