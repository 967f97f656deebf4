using System.Text.Json;

namespace Difusor.Agent.Conformity;

/// <summary>
/// Finds who may open a TCP connection to a port of this host, from the output of <c>nft -j list ruleset</c>. It
/// follows the input chains as the kernel would, for a new connection from another host. A match that is not understood
/// makes the answer unclear; it never guesses.
/// </summary>
public sealed class NftRuleset
{
    const int Deepest = 16;

    readonly Dictionary<string, List<JsonElement>> rules = [];
    readonly List<(string Key, int Priority, bool Accepts)> hooks = [];

    enum Verdict { GoOn, Accept, Drop }

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static NftRuleset Read(string json)
    {
        var ruleset = new NftRuleset();
        using var document = JsonDocument.Parse(json);
        foreach (var item in document.RootElement.GetProperty("nftables").EnumerateArray())
        {
            if (item.TryGetProperty("chain", out var chain)) ruleset.Add(chain);
            else if (item.TryGetProperty("rule", out var rule))
                ruleset.RulesOf(Key(rule, Text(rule, "chain"))).Add(rule.Clone());
        }
        return ruleset;
    }

    /// <summary>Gets whether there is any input chain.</summary>
    public bool Filters => hooks.Count > 0;

    public PortReach Of(int port)
    {
        var packet = new Packet(port);
        foreach (var (key, _, accepts) in hooks.OrderBy(hook => hook.Priority))
        {
            var verdict = Follow(key, packet, Deepest);
            if (verdict == Verdict.Drop || (verdict == Verdict.GoOn && !accepts))
                return new PortReach(
                    packet.From.Count > 0 ? Reach.Some : packet.MayEnter ? Reach.Unclear : Reach.Nobody,
                    [.. packet.From]);
        }
        return packet.MayBeDropped ? new PortReach(Reach.Unclear, [.. packet.From]) : PortReach.Everyone;
    }

    void Add(JsonElement chain)
    {
        var key = Key(chain, Text(chain, "name"));
        RulesOf(key);
        if (Text(chain, "family") is not ("ip" or "inet") || Text(chain, "hook") != "input"
            || Text(chain, "type") != "filter") return;
        var priority = chain.TryGetProperty("prio", out var number) ? NftMatch.Number(number) ?? 0 : 0;
        hooks.Add((key, priority, Text(chain, "policy") != "drop"));
    }

    List<JsonElement> RulesOf(string key)
    {
        if (!rules.TryGetValue(key, out var list)) rules.Add(key, list = []);
        return list;
    }

    Verdict Follow(string key, Packet packet, int depth)
    {
        if (depth == 0)
        {
            packet.MayBeDropped = packet.MayEnter = true;
            return Verdict.GoOn;
        }
        foreach (var rule in RulesOf(key))
        {
            if (!rule.TryGetProperty("expr", out var expressions)) continue;
            var match = new NftMatch(packet.Port);
            foreach (var expression in expressions.EnumerateArray())
            {
                if (match.Excluded) break;
                if (expression.TryGetProperty("return", out _) && match.IsCertain) return Verdict.GoOn;
                if (match.Take(expression)) continue;
                if (Decide(expression, key, packet, match, depth) is var verdict and not Verdict.GoOn) return verdict;
                if (match.IsCertain && expression.TryGetProperty("goto", out _)) return Verdict.GoOn;
            }
        }
        return Verdict.GoOn;
    }

    /// <summary>Returns what a statement does with the packet if the rule's matches fit.</summary>
    Verdict Decide(JsonElement statement, string key, Packet packet, NftMatch match, int depth)
    {
        if (statement.TryGetProperty("accept", out _)) return Apply(Verdict.Accept, packet, match);
        if (statement.TryGetProperty("drop", out _) || statement.TryGetProperty("reject", out _))
            return Apply(Verdict.Drop, packet, match);
        foreach (var way in new[] { "jump", "goto" })
        {
            if (!statement.TryGetProperty(way, out var to)) continue;
            var below = match.IsCertain ? packet : new Packet(packet.Port);
            var verdict = Follow(key[..(key.LastIndexOf('/') + 1)] + Text(to, "target"), below, depth - 1);
            return match.IsCertain ? verdict : Apply(verdict, packet, match);
        }
        if (statement.TryGetProperty("vmap", out var map)) return Map(map, key, packet, match, depth);
        return Verdict.GoOn;   // counter, log, comment: they do not decide
    }

    Verdict Map(JsonElement map, string key, Packet packet, NftMatch match, int depth)
    {
        // The entries of a named map are not in the rule.
        if (!map.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object
            || !data.TryGetProperty("set", out var entries)) return Unclear(packet);
        foreach (var entry in entries.EnumerateArray())
        {
            if (entry.GetArrayLength() != 2) return Unclear(packet);
            var fits = NftMatch.Compare(map.GetProperty("key"), entry[0], packet.Port);
            if (fits is null) return Unclear(packet);
            if (fits == true && Decide(entry[1], key, packet, match, depth) is var verdict and not Verdict.GoOn)
                return verdict;
        }
        return Verdict.GoOn;
    }

    static Verdict Unclear(Packet packet)
    {
        packet.MayBeDropped = packet.MayEnter = true;
        return Verdict.GoOn;
    }

    static Verdict Apply(Verdict verdict, Packet packet, NftMatch match)
    {
        // A limit drops only what comes too often; a client that connects now and then still gets in.
        if (verdict == Verdict.Drop && match.IsLimited) return Verdict.GoOn;
        if (match.IsCertain || verdict == Verdict.GoOn) return verdict;
        if (match.Sources.Count > 0 && !match.IsUnclear)
        {
            if (verdict == Verdict.Accept) packet.From.AddRange(match.Sources);
        }
        else if (verdict == Verdict.Accept) packet.MayEnter = true;
        else packet.MayBeDropped = true;
        return Verdict.GoOn;
    }

    static string Key(JsonElement item, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{Text(item, "family")}/{Text(item, "table")}/{name}");

    internal static string Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>The connection that is followed, and what is known about it so far.</summary>
    sealed class Packet(int port)
    {
        public int Port => port;
        public List<string> From { get; } = [];
        public bool MayEnter { get; set; }
        public bool MayBeDropped { get; set; }
    }
}
