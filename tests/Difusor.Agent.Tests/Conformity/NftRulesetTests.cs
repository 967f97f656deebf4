using Difusor.Agent.Conformity;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>
/// Rulesets as <c>nft -j list ruleset</c> prints them, and who reaches a port by them: what is not understood is
/// unclear, and never a guess.
/// </summary>
public class NftRulesetTests
{
    const string Web = """{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 443}}""";
    const string Ssh = """{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 22}}""";
    const string Accept = """{"accept": null}""", Drop = """{"drop": null}""";
    const string Established = """{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}}""";
    const string Loopback = """{"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "lo"}}""";

    static string From(string address, string op = "==") =>
        $$$"""{"match": {"op": "{{{op}}}", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": {{{address}}}}}""";

    static string Port(string ports) => $$$"""{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {{{ports}}}}}""";

    static string Rule(string chain, params string[] expressions) =>
        $$$"""{"rule": {"family": "inet", "table": "filter", "chain": "{{{chain}}}", "handle": 1, "expr": [{{{string.Join(", ", expressions)}}}]}}""";

    static NftRuleset Ruleset(string policy, params string[] rules) => NftRuleset.Read(
        $$$"""
        {"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}}, {"table": {"family": "inet", "name": "filter", "handle": 1}},
          {"chain": {"family": "inet", "table": "filter", "name": "input", "handle": 1, "type": "filter", "hook": "input", "prio": 0, "policy": "{{{policy}}}"}},
          {"chain": {"family": "inet", "table": "filter", "name": "web", "handle": 2}}{{{string.Concat(rules.Select(rule => ", " + rule))}}}]}
        """);

    static string Reached(NftRuleset ruleset, int port) =>
        ruleset.Of(port) is var reach && reach.From.IsEmpty ? $"{reach.Reach}"
        : $"{reach.Reach}: {string.Join(", ", reach.From)}";

    public static TheoryData<string, string, string, string, string[]> Rulesets => new()
    {
        { "a port that is no port", "drop", "Unclear", "Unclear",
            [Rule("input", Port("99999999999999999999"), Accept)] },
        { "a range without an end", "drop", "Unclear", "Unclear", [Rule("input", Port("""{"range": [1]}"""), Accept), Rule("input", Port("""{"range": 1}"""), Accept)] },
        { "no rule, policy accept", "accept", "Everyone", "Everyone", [] },
        { "no rule, policy drop", "drop", "Nobody", "Nobody", [] },
        { "what begins nothing new", "drop", "Nobody", "Nobody",
            [Rule("input", Established, Accept), Rule("input", Loopback, Accept)] },
        { "each port for whom it is", "drop", "Everyone", "Some: 203.0.113.7",
            [Rule("input", Web, Accept), Rule("input", From("\"203.0.113.7\""), Ssh, Accept)] },
        { "a set of ports", "drop", "Everyone", "Everyone", [Rule("input", Port("""{"set": [80, 443, {"range": [20, 30]}]}"""), Accept)] },
        { "a range that ends before", "drop", "Nobody", "Everyone", [Rule("input", Port("""{"range": [1, 442]}"""), Accept)] },
        { "a set and a prefix of addresses", "drop", "Nobody", "Some: 203.0.113.0/29, 198.51.100.7",
            [Rule("input", From("""{"set": [{"prefix": {"addr": "203.0.113.0", "len": 29}}, "198.51.100.7"]}"""), Ssh, Accept)] },
        { "a range of addresses", "drop", "Nobody", "Some: 203.0.113.1-203.0.113.9", [Rule("input", From("""{"range": ["203.0.113.1", "203.0.113.9"]}"""), Ssh, Accept)] },
        { "a map of ports to verdicts", "drop", "Everyone", "Nobody",
            [Rule("input", """{"vmap": {"key": {"payload": {"protocol": "tcp", "field": "dport"}}, "data": {"set": [[443, {"accept": null}], [22, {"drop": null}]]}}}""")] },
        { "a map of states to verdicts", "drop", "Everyone", "Nobody",
            [Rule("input", """{"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": [["established", {"accept": null}], ["invalid", {"drop": null}]]}}}"""), Rule("input", Web, Accept)] },
        { "a map to a chain", "drop", "Everyone", "Nobody",
            [Rule("input", """{"vmap": {"key": {"payload": {"protocol": "tcp", "field": "dport"}}, "data": {"set": [[443, {"jump": {"target": "web"}}]]}}}"""), Rule("web", Accept)] },
        { "a named map, whose entries are elsewhere", "drop", "Unclear", "Unclear",
            [Rule("input", """{"vmap": {"key": {"payload": {"protocol": "tcp", "field": "dport"}}, "data": "@verdicts"}}""")] },
        { "a named set of ports, whose elements are elsewhere", "drop", "Unclear", "Unclear",
            [Rule("input", Port("\"@open\""), Accept)] },
        { "a named set of addresses", "drop", "Nobody", "Some: @institute",
            [Rule("input", From("\"@institute\""), Ssh, Accept)] },
        { "a chain that returns", "drop", "Nobody", "Everyone",
            [Rule("input", """{"jump": {"target": "web"}}"""), Rule("input", Ssh, Accept), Rule("web", Port("22"), """{"return": null}"""), Rule("web", Drop)] },
        { "a chain that one goes to and comes not back from", "accept", "Everyone", "Everyone",
            [Rule("input", """{"goto": {"target": "web"}}"""), Rule("input", Drop)] },
        { "a chain in a circle", "drop", "Unclear", "Unclear", [Rule("input", """{"jump": {"target": "web"}}"""), Rule("web", """{"jump": {"target": "web"}}""")] },
        { "an extension of iptables", "drop", "Unclear", "Unclear", [Rule("input", """{"xt": {"type": "match", "name": "recent"}}""", Accept)] },
        { "all but one address are kept out", "accept", "Everyone", "Unclear",
            [Rule("input", From("\"203.0.113.7\"", "!="), Ssh, Drop)] },
        { "all but one address may", "drop", "Unclear", "Nobody",
            [Rule("input", From("\"198.51.100.9\"", "!="), Web, Accept)] },
        { "those who are banned", "accept", "Everyone", "Everyone", [Rule("input", From("\"@banned\""), """{"reject": null}""")] },
        { "who comes too often", "accept", "Everyone", "Everyone", [Rule("input", Ssh, """{"limit": {"rate": 10, "per": "minute", "inv": true}}""", Drop)] },
        { "at most so many a minute", "drop", "Nobody", "Everyone", [Rule("input", Ssh, """{"limit": {"rate": 10, "per": "minute"}}""", Accept)] },
        { "counted and logged", "drop", "Everyone", "Nobody", [Rule("input", Web, """{"counter": {"packets": 1, "bytes": 2}}""", """{"log": {"prefix": "web"}}""", Accept)] },
    };

    [Theory, MemberData(nameof(Rulesets))]
    public void WhoReachesAPort(string ruleset, string policy, string web, string ssh, string[] rules) =>
        Assert.Equal(
            (ruleset, web, ssh), (ruleset, Reached(Ruleset(policy, rules), 443), Reached(Ruleset(policy, rules), 22)));

    [Fact]
    public void AnOutputChainOrOneOfIpv6AloneIsNoFilterOfWhatComesIn() =>
        Assert.False(NftRuleset.Read("""
            {"nftables": [{"chain": {"family": "inet", "table": "filter", "name": "output", "type": "filter", "hook": "output", "prio": 0, "policy": "drop"}},
              {"chain": {"family": "ip6", "table": "filter", "name": "input", "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}}]}
            """).Filters);
}
