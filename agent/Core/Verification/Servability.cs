namespace Difusor.Agent.Verification;

/// <summary>
/// Finds what of a verified package readers would not get (contract, section 6, "Verified, and would not be served").
/// </summary>
static class Servability
{
    const string Index = "index.html";

    /// <summary>
    /// The bytes of an address beyond which Apache answers 414: LimitRequestLine 8190, less the rest.
    /// </summary>
    const int LongestAddress = 8190 - 20;

    /// <summary>
    /// Names at the top at which the site has something else: the agent's own pages, and Apache's mod_status and
    /// mod_info where they are on.
    /// </summary>
    static readonly string[] Taken = ["difusor-agent", "server-status", "server-info"];

    internal static void Warn(IReadOnlyList<ContentEntry> published, FindingList warnings)
    {
        var hasIndex = false;
        foreach (var entry in published)
        {
            var path = entry.Path.Value;
            hasIndex |= path == Index;
            if (IsTaken(path))
                warnings.Add(new Finding("unservable-name", path, "the site has something else at this address"));
            else if (IsTooLong(path))
                warnings.Add(
                    new Finding("unservable-name", path, $"its address is longer than {LongestAddress} bytes"));
        }
        if (!hasIndex)
            warnings.Add(new Finding("no-index", null, "no index.html at the top: / would answer 403"));
    }

    static bool IsTaken(string path)
    {
        if (path[0] is not ('d' or 's')) return false;
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var top = slash < 0 ? path : path.AsSpan(0, slash);
        foreach (var name in Taken)
            if (top.SequenceEqual(name)) return true;
        return false;
    }

    /// <summary>
    /// Returns whether the address is too long, with three characters for each byte that an address cannot have.
    /// </summary>
    static bool IsTooLong(string path) => path.Length > LongestAddress / 9
        && Uri.EscapeDataString(path).Length - (2 * path.AsSpan().Count('/')) > LongestAddress;
}
