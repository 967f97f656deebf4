using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Difusor.Agent.Conformity;

/// <summary>How a vhost serves the agent's releases.</summary>
public enum Served
{
    /// <summary>It does not serve them.</summary>
    No,
    /// <summary>By <c>DocumentRoot public/current</c>: Apache resolves the link twice per request.</summary>
    ByLink,
    /// <summary>By the <c>RewriteMap</c> of the shipped vhost: Apache looks once per request.</summary>
    ByMap,
}

/// <summary>One virtual host, and the directives in force for its contents.</summary>
public sealed class ApacheSite
{
    /// <summary>Names like those in a package; a rule that matches none of them affects no content.</summary>
    static readonly string[] Samples = [
        "index.html", "index.htm", "a.txt", "a.csv", "a.json", "a.js", "a.css", "a.svg", "a.png", "a.jpg", "a.pdf",
        "a.zip", "HASH", "a.hash", "a.xml"];
    static readonly TimeSpan PatternWithin = TimeSpan.FromMilliseconds(200);

    readonly ApacheConfiguration all;
    readonly ApacheSection host;
    readonly string folder, contents;

    ApacheSite(ApacheConfiguration all, ApacheSection host, string publicFolder)
    {
        (this.all, this.host, folder) = (all, host, publicFolder);
        Served = HowServed(publicFolder);
        contents = Served == Served.ByMap ? publicFolder + "/releases/ID" : DocumentRoot;
    }

    public Served Served { get; }

    /// <summary>Gets whether a release's index.html answers for paths that are not files.</summary>
    public bool FallsBack => Mine("RewriteRule").Any(each =>
        each[1].StartsWith(folder + "/releases/", StringComparison.Ordinal)
        && each[1].EndsWith("/index.html", StringComparison.Ordinal));

    public string Name => Own("ServerName") is { } named ? named[0].Split(':')[0] : "";
    public IReadOnlyList<string> Names => [Name, .. Mine("ServerAlias").SelectMany(alias => alias.Arguments)];
    public string DocumentRoot => Trimmed(Own("DocumentRoot")?[0] ?? "");
    public bool Tls => Own("SSLEngine") is { } engine && engine[0].Equals("on", StringComparison.OrdinalIgnoreCase);
    public string? CertificateFile => Own("SSLCertificateFile")?[0];
    public string Addresses => host.Argument;
    public int Port =>
        int.TryParse(
            host.Argument.Split(' ')[0].Split(':')[^1], NumberStyles.None, CultureInfo.InvariantCulture,
            out var port) ? port : 0;

    /// <summary>
    /// Gets where another vhost begins that Apache may take for this one's name; null if there is none. It takes the
    /// one with the address that fits best, and of several the first in the order of its files.
    /// </summary>
    public string? Rival => all.Hosts.Where(other => other != host).Select(other => new ApacheSite(all, other, ""))
        .FirstOrDefault(other => other.Port == Port && (other.Names.Any(Answers) || other.HasOwnAddress))?.Place;

    bool HasOwnAddress => !Addresses.StartsWith('*') && !Addresses.StartsWith("_default_", StringComparison.Ordinal);

    string Place => all.Directives.FirstOrDefault(each => each.Within is [var first, ..] && first == host)?.Place
        ?? Addresses;

    bool Answers(string pattern) => FileSystemName.MatchesSimpleExpression(pattern, Name, ignoreCase: true);

    /// <summary>
    /// Returns the vhost that serves <paramref name="publicFolder"/>. If there is none, it returns one with TLS, so
    /// that the other rows can be checked; null if there is neither.
    /// </summary>
    public static ApacheSite? Of(ApacheConfiguration all, string publicFolder)
    {
        var sites = all.Hosts.Select(host => new ApacheSite(all, host, Trimmed(publicFolder))).ToList();
        return sites.FirstOrDefault(site => site.Served != Served.No && site.Tls)
            ?? sites.FirstOrDefault(site => site.Served != Served.No)
            ?? sites.FirstOrDefault(site => site.Tls);
    }

    /// <summary>
    /// Returns the directives of these names that apply to the contents, in the order in which Apache merges them: the
    /// last one wins.
    /// </summary>
    /// <param name="anywhere">Also include directives for a location below the site's root, and for only some file
    /// names.</param>
    public IReadOnlyList<ApacheDirective> Over(bool anywhere, params ReadOnlySpan<string> names)
    {
        var found = new List<(int Level, int Depth, ApacheDirective Directive)>();
        foreach (var directive in all.Directives)
            foreach (var name in names)
                if (directive.Is(name) && Level(directive, anywhere) is { } level)
                    found.Add((level.Level, level.Depth, directive));
        return [.. found.OrderBy(each => each.Level).ThenBy(each => each.Depth).Select(each => each.Directive)];
    }

    public ApacheDirective? Last(string name) => Over(false, name) is [.., var last] ? last : null;

    /// <summary>
    /// Returns a directive of the vhost itself or, if it has none, of the main server; null if there is neither.
    /// </summary>
    public ApacheDirective? Own(string name) =>
        Mine(name).LastOrDefault()
            ?? all.Directives.LastOrDefault(directive => directive.Is(name) && directive.Within.IsEmpty);

    public IEnumerable<ApacheDirective> Mine(string name) =>
        all.Directives.Where(directive => directive.Is(name) && directive.Within is [var only] && only == host);

    /// <summary>Returns whether an extension (with or without its dot) is one that contents have.</summary>
    public static bool IsContentExtension(string extension) =>
        Samples.Any(sample => sample.EndsWith("." + extension.TrimStart('.'), StringComparison.OrdinalIgnoreCase));

    Served HowServed(string publicFolder)
    {
        var map = Mine("RewriteMap").Any(each => each[1].Trim('"') == $"txt:{publicFolder}/current.map");
        var engine = Own("RewriteEngine") is { } on && on[0].Equals("on", StringComparison.OrdinalIgnoreCase);
        var rule = Mine("RewriteRule")
            .Any(each => each[1].StartsWith(publicFolder + "/releases/", StringComparison.Ordinal));
        var proxied = all.Directives.Any(
            each => each.Is("ProxyPass") && each.Within is [var only, ..] && only == host && each[0] is "/" or "");
        if (proxied) return Served.No;
        if (map && engine && rule && DocumentRoot.StartsWith(publicFolder + "/", StringComparison.Ordinal))
            return Served.ByMap;
        return DocumentRoot == publicFolder + "/current" ? Served.ByLink : Served.No;
    }

    /// <summary>
    /// Returns the place of a directive in the order of merging (docs/2.4/sections.html); null if it does not apply to
    /// the contents.
    /// </summary>
    (int Level, int Depth)? Level(ApacheDirective directive, bool anywhere)
    {
        var inHost = false;
        var level = (0, 0);
        foreach (var section in directive.Within)
        {
            if (section.Is("VirtualHost"))
            {
                if (section != host) return null;
                (inHost, level) = (true, (1, 0));
                continue;
            }
            if (Applies(section, anywhere) is not { } applies) return null;
            if (applies.Level > 0) level = (applies.Level, applies.Depth * 2 + (inHost ? 1 : 0));
        }
        return level;
    }

    (int Level, int Depth)? Applies(ApacheSection section, bool anywhere)
    {
        var (pattern, isPattern) = section.Argument.StartsWith("~ ", StringComparison.Ordinal)
            ? (section.Argument[2..], true) : (section.Argument, false);
        switch (section.Name.ToUpperInvariant())
        {
            case "DIRECTORY" when !isPattern:
                var folder = Trimmed(pattern);
                if (folder.Contains('*', StringComparison.Ordinal))
                    return FileSystemName.MatchesSimpleExpression(folder, contents, ignoreCase: false) ? (2, 1) : null;
                return folder.Length == 0 || contents == folder || contents.StartsWith(
                    folder + "/", StringComparison.Ordinal) ? (2, folder.Count(c => c == '/')) : null;
            case "DIRECTORY" or "DIRECTORYMATCH":
                return Matches(pattern, contents) || Matches(pattern, contents + "/") ? (3, 0) : null;
            case "FILES" when !isPattern:
                return Samples.Any(name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))
                    && (anywhere || pattern == "*") ? (4, 0) : null;
            case "FILES" or "FILESMATCH":
                var matched = Samples.Count(name => Matches(pattern, name));
                return matched == Samples.Length || (anywhere && matched > 0) ? (4, 0) : null;
            case "LOCATION" when !isPattern:
                return pattern is "/" or "" || (anywhere && !pattern.StartsWith("/server-", StringComparison.Ordinal))
                    ? (5, 0) : null;
            case "LOCATION" or "LOCATIONMATCH":
                return Matches(pattern, "/index.html") || Matches(pattern, "/a.txt") ? (5, 0) : null;
            case "PROXY" or "PROXYMATCH":
                return null;
            default:
                return (0, 0);   // RequireAny, Limit, If...: assume that their contents apply
        }
    }

    static bool Matches(string pattern, string text)
    {
        try { return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, PatternWithin); }
        catch (Exception fault) when (fault is ArgumentException or RegexMatchTimeoutException) { return true; }
    }

    static string Trimmed(string path) => path.Trim('"').TrimEnd('/');
}
