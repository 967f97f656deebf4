namespace Difusor.Agent.Conformity;

/// <summary>
/// Reads the output of <c>ufw status verbose</c>: one rule per line, of which the first that fits decides, and the
/// default for incoming connections.
/// </summary>
public static class UfwStatus
{
    /// <summary>Returns the firewall; null if ufw is not active.</summary>
    public static Firewall? Read(string text, int ssh)
    {
        if (!text.Contains("Status: active", StringComparison.Ordinal)) return null;
        var open = text.Contains("allow (incoming)", StringComparison.Ordinal);
        var rules = text.Split('\n')
            .Where(line =>
            line.Contains(" IN ", StringComparison.Ordinal)
            && !line.Contains("(v6)", StringComparison.Ordinal)).ToList();
        return new Firewall("ufw", Of(rules, 443, open), Of(rules, ssh, open));
    }

    static PortReach Of(List<string> rules, int port, bool open)
    {
        var from = ImmutableArray.CreateBuilder<string>();
        foreach (var rule in rules)
        {
            var words = rule.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var way = Array.FindIndex(words, word => word is "ALLOW" or "DENY" or "REJECT" or "LIMIT");
            if (way < 1 || way + 2 >= words.Length || Array.IndexOf(words, "lo", 0, way) > 0
                || !words[..way].Any(word => Covers(word, port))) continue;
            var (allows, source) = (words[way] is "ALLOW" or "LIMIT", words[way + 2]);
            if (source != "Anywhere")
            {
                if (allows) from.Add(source);
                continue;
            }
            if (allows) return PortReach.Everyone;
            return new PortReach(from.Count > 0 ? Reach.Some : Reach.Nobody, from.ToImmutable());
        }
        return open ? PortReach.Everyone
            : new PortReach(from.Count > 0 ? Reach.Some : Reach.Nobody, from.ToImmutable());
    }

    /// <summary>
    /// Returns whether a port column covers a port: <c>443</c>, <c>80,443/tcp</c>, <c>8000:9000/tcp</c>,
    /// <c>Anywhere</c>. An address before it covers none.
    /// </summary>
    static bool Covers(string ports, int port)
    {
        if (ports == "Anywhere") return true;
        if (ports.EndsWith("/udp", StringComparison.Ordinal)) return false;
        foreach (var part in ports.Split('/')[0].Split(','))
        {
            var ends = part.Split(':');
            if (Number(ends[0]) is { } first && Number(ends[^1]) is { } last && port >= first && port <= last)
                return true;
        }
        return false;
    }

    static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
