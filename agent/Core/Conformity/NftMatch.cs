using System.Text.Json;

namespace Difusor.Agent.Conformity;

/// <summary>
/// Decides whether the matches of one rule fit a new TCP connection from outside to a port (libnftables-json(5)).
/// </summary>
sealed class NftMatch(int port)
{
    /// <summary>Gets whether the rule does not fit.</summary>
    public bool Excluded { get; private set; }
    /// <summary>Gets whether a match is not understood, so that the rule may fit or not.</summary>
    public bool IsUnclear { get; private set; }
    /// <summary>Gets the source addresses to which the rule is limited.</summary>
    public List<string> Sources { get; } = [];
    /// <summary>
    /// Gets whether the rule has a limit: it fits only connections that come too often, or only as often as it allows.
    /// </summary>
    public bool IsLimited { get; private set; }
    /// <summary>Gets whether the rule fits every connection.</summary>
    public bool IsCertain => !Excluded && !IsUnclear && Sources.Count == 0;

    /// <summary>Takes one expression.</summary>
    /// <returns>False if it is a statement and not a match.</returns>
    public bool Take(JsonElement expression)
    {
        if (expression.TryGetProperty("xt", out _)) IsUnclear = true;
        else if (expression.TryGetProperty("limit", out _) || expression.TryGetProperty("ct count", out _))
            IsLimited = true;
        else if (!expression.TryGetProperty("match", out var match)) return false;
        else Judge(match);
        return true;
    }

    void Judge(JsonElement match)
    {
        var (left, right) = (match.GetProperty("left"), match.GetProperty("right"));
        var negated = NftRuleset.Text(match, "op") == "!=";
        if (Field(left) is ("ip" or "ip6", "saddr"))
        {
            if (negated) IsUnclear = true;
            else Sources.AddRange(Addresses(right));
            return;
        }
        var fits = Compare(left, right, port);
        if (fits is null) IsUnclear = true;
        else if (fits == negated) Excluded = true;
    }

    /// <summary>
    /// Returns whether the value (or the set) contains what our connection has for the key; null if that is unknown
    /// here.
    /// </summary>
    public static bool? Compare(JsonElement key, JsonElement value, int port) => Field(key) switch
    {
        ("tcp" or "th", "dport") => Covers(value, port),
        ("udp" or "icmp" or "icmpv6", _) => false,
        ("ip", "protocol") or ("meta", "l4proto") => Names(value).Contains("tcp") || Names(value).Contains("6"),
        ("meta", "nfproto") => Names(value).Contains("ipv4"),
        ("meta", "iifname" or "iif") => Names(value).Any(name => name != "lo"),
        ("ct", "state") => Names(value).Contains("new"),
        // A new connection to this host itself is not forwarded, so it has no status yet.
        ("ct", "status") => false,
        ("fib", _) or _ => null,
    };

    static (string Of, string Name) Field(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object) return ("", "");
        if (key.TryGetProperty("payload", out var payload))
            return (NftRuleset.Text(payload, "protocol"), NftRuleset.Text(payload, "field"));
        if (key.TryGetProperty("meta", out var meta)) return ("meta", NftRuleset.Text(meta, "key"));
        if (key.TryGetProperty("ct", out var ct)) return ("ct", NftRuleset.Text(ct, "key"));
        return ("", "");
    }

    static bool? Covers(JsonElement value, int port)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number: return Number(value) is { } number ? number == port : null;
            case JsonValueKind.Object when value.TryGetProperty("range", out var range):
                if (range.ValueKind != JsonValueKind.Array || range.GetArrayLength() != 2) return null;
                return Number(range[0]) is { } first && Number(range[1]) is { } last ? first <= port && port <= last
                    : null;
            case JsonValueKind.Object when value.TryGetProperty("set", out var set): return Any(set, port);
            case JsonValueKind.Array: return Any(value, port);
            default: return null;   // a named set: the rule does not contain its elements
        }
    }

    internal static int? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    static bool? Any(JsonElement set, int port)
    {
        bool? any = false;
        foreach (var item in set.EnumerateArray())
            if (Covers(item, port) is not { } covers) any = null;
            else if (covers) return true;
        return any;
    }

    static IEnumerable<string> Names(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Number => [value.GetRawText()],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Names),
        JsonValueKind.Object when value.TryGetProperty("set", out var set) => Names(set),
        _ => [],
    };

    static IEnumerable<string> Addresses(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("prefix", out var prefix))
            return [$"{NftRuleset.Text(prefix, "addr")}/{prefix.GetProperty("len").GetRawText()}"];
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("range", out var range))
            return [string.Join('-', Names(range))];
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("set", out var set))
            return set.EnumerateArray().SelectMany(Addresses);
        return Names(value).DefaultIfEmpty("?");
    }
}
