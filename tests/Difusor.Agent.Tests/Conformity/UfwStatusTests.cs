using Difusor.Agent.Conformity;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>What <c>ufw status verbose</c> prints, and who reaches a port by it.</summary>
public class UfwStatusTests
{
    static string Status(string incoming, params string[] rules) => $"""
        Status: active
        Logging: on (low)
        Default: {incoming} (incoming), allow (outgoing), disabled (routed)
        New profiles: skip

        To                         Action      From
        --                         ------      ----
        {string.Join('\n', rules)}

        """;

    static string Reached(PortReach reach) =>
        reach.From.IsEmpty ? $"{reach.Reach}" : $"{reach.Reach}: {string.Join(", ", reach.From)}";

    [Theory]
    [InlineData("deny", "Nobody", "Nobody")]
    [InlineData("allow", "Everyone", "Everyone")]
    [InlineData("deny", "Everyone", "Nobody", "443/tcp                    ALLOW IN    Anywhere")]
    [InlineData("deny", "Everyone", "Some: 203.0.113.7", "80,443/tcp (Apache Full)   ALLOW IN    Anywhere",
        "22/tcp (OpenSSH)           ALLOW IN    203.0.113.7")]
    [InlineData("deny", "Nobody", "Some: 203.0.113.0/29, 198.51.100.7", "22/tcp ALLOW IN 203.0.113.0/29",
        "22/tcp ALLOW IN 198.51.100.7", "22/tcp DENY IN Anywhere")]
    [InlineData("deny", "Nobody", "Everyone", "22/tcp                     LIMIT IN    Anywhere")]
    [InlineData("deny", "Everyone", "Everyone", "20:30/tcp ALLOW IN Anywhere", "400:500 ALLOW IN Anywhere")]
    [InlineData("deny", "Nobody", "Nobody", "443/udp ALLOW IN Anywhere", "442 ALLOW IN Anywhere",
        "22/tcp (v6) ALLOW IN Anywhere (v6)")]
    [InlineData("allow", "Nobody", "Everyone", "443 DENY IN Anywhere", "443/tcp ALLOW IN Anywhere")]
    [InlineData("allow", "Everyone", "Nobody", "22/tcp REJECT IN Anywhere")]
    [InlineData("deny", "Some: 203.0.113.7", "Some: 203.0.113.7", "Anywhere                   ALLOW IN    203.0.113.7")]
    [InlineData("deny", "Nobody", "Nobody", "Anywhere on lo ALLOW IN Anywhere", "443 on lo ALLOW IN Anywhere")]
    [InlineData("deny", "Everyone", "Nobody", "443/tcp on eth0            ALLOW IN    Anywhere")]
    [InlineData("deny", "Everyone", "Nobody", "192.0.2.80 443/tcp         ALLOW IN    Anywhere")]
    [InlineData(
        "deny", "Nobody", "Nobody", "443/tcp                    ALLOW OUT   Anywhere", "443/tcp ALLOW FWD Anywhere")]
    public void WhoReachesAPort(string incoming, string web, string ssh, params string[] rules)
    {
        var firewall = UfwStatus.Read(Status(incoming, rules), 22);
        Assert.Equal(("ufw", web, ssh), (firewall?.Kind, Reached(firewall!.Https), Reached(firewall.Ssh)));
    }

    [Theory]
    [InlineData("Status: inactive\n"), InlineData("")]
    public void WhatIsNotActiveFiltersNothing(string status) => Assert.Null(UfwStatus.Read(status, 22));
}
