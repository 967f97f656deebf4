using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// Clauses I.2, I.3, I.4 and I.10: everyone gets the institute's bytes, and nothing in Apache alters them.
/// </summary>
static class ContentRules
{
    /// <summary>Filters that change how bytes are sent, but not the contents.</summary>
    static readonly HashSet<string> Harmless = new(
        StringComparer.OrdinalIgnoreCase) { "DEFLATE", "BROTLI_COMPRESS", "BUFFER", "RATE_LIMIT", "CACHE",
        "CACHE_SAVE" };

    public static IEnumerable<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        Clause root = new("site-root"), name = new("site-public"), access = new("public-access"),
        unchanged = new("not-modified");
        Clause[] altering = [
            new("allow-override"), new("filters"), new("includes"), new("cgi"),
            new("charset")], paths = configured.Profile.Site.Spa ? [new("site-paths")] : [];
        var folder = $"{configured.Settings.Paths.State}/public";
        if (Unseen(host) is { } why)
        {
            foreach (var clause in new[] { access, unchanged, root, name }.Concat(paths).Concat(altering))
                yield return clause.Unseen(why);
            yield break;
        }
        var apache = host.Web.Seen!.Configuration.Seen!;
        if (ApacheSite.Of(apache, folder) is not { } site)
        {
            yield return root.Fail(new Said("check.site-none", ("folder", folder)), new Said("check.site-mend"), SetUp);
            foreach (var clause in altering.Prepend(unchanged).Prepend(access).Append(name).Concat(paths))
                yield return clause.Unseen(new Said("check.no-site"));
            yield break;
        }
        yield return Access(access, site);
        yield return Unchanged(unchanged, site);
        yield return site.Served switch
        {
            Served.ByMap => ReaderRules.OnThisHost(root, host, site)
                ?? root.Pass(new Said("check.site-map", ("site", site.Name), ("folder", folder))),
            Served.ByLink => ReaderRules.OnThisHost(root, host, site)
                ?? root.Warn(
                new Said("check.site-link", ("folder", site.DocumentRoot)), new Said("check.site-link-mend"),
                SetUp),
            Served.No => root.Fail(
                new Said("check.site-elsewhere", ("site", site.Name), ("root", site.DocumentRoot), ("folder", folder)),
                new Said("check.site-mend"), SetUp),
        };
        yield return site.Served == Served.No ? name.Unseen(new Said("check.no-site"))
            : ReaderRules.ByName(name, host);
        foreach (var clause in paths)
            yield return site.FallsBack ? clause.Pass(new Said("check.site-paths-answered"))
                : clause.Fail(new Said("check.site-paths-missing"), new Said("check.site-paths-mend"), SetUp);
        yield return Judge(altering[0], AllowOverride(site));
        yield return Judge(altering[1], Filter(site));
        yield return Judge(altering[2], Includes(site));
        yield return Judge(altering[3], Execution(site));
        yield return Judge(altering[4], Charset(site));
    }

    public const string SetUp = "difusor-agent setup --dry-run";

    /// <summary>Returns why Apache's configuration is not known; null if it is known.</summary>
    internal static Said? Unseen(HostFacts host) =>
        host.Web.Hidden ?? (host.Web.Seen is { } web ? web.Configuration.Hidden : new Said("check.no-apache"));

    static ConformityRow Judge(Clause clause, ApacheDirective? offender) => offender is null
        ? clause.Pass(new Said($"check.{clause.Id}-none"))
        : clause.Fail(
            new Said("check.directive", ("directive", offender.ToString())), new Said($"check.{clause.Id}-mend"));

    static ConformityRow Access(Clause clause, ApacheSite site)
    {
        if (site.Last("AuthType") is { } login && !IsOff(login[0]))
            return clause.Fail(
                new Said("check.directive", ("directive", login.ToString())), new Said("check.public-access-mend"));
        var require = site.Last("Require");
        return require is not null && require.Arguments is ["all", "granted"]
            ? clause.Pass(new Said("check.public-access-none"))
            : clause.Fail(
                require is null ? new Said("check.public-access-missing")
                : new Said("check.directive", ("directive", require.ToString())),
                new Said("check.public-access-mend"));
    }

    /// <summary>
    /// Checks that compression does not break <c>If-None-Match</c>. Apache does not recognise the ETag of a compressed
    /// page, <c>"...-gzip"</c>, when a reader sends it back, so that reader gets the whole page again.
    /// </summary>
    static ConformityRow Unchanged(Clause clause, ApacheSite site)
    {
        foreach (var (filter, alter) in new[]
            { ("DEFLATE", "DeflateAlterETag"), ("BROTLI_COMPRESS", "BrotliAlterETag") })
        {
            var compresses = site.Over(true, "SetOutputFilter", "AddOutputFilter", "AddOutputFilterByType")
                .LastOrDefault(each => each[0].Split(';').Contains(filter, StringComparer.OrdinalIgnoreCase));
            if (compresses is null || site.Last(alter) is { } how
                && !how[0].Equals("AddSuffix", StringComparison.OrdinalIgnoreCase)) continue;
            var encoding = filter == "DEFLATE" ? "gzip" : "br";
            var taken = site.Over(false, "RequestHeader")
                .Any(each => each[0].StartsWith("edit", StringComparison.OrdinalIgnoreCase)
                && each[1].Equals("If-None-Match", StringComparison.OrdinalIgnoreCase)
                    && each[2].Contains(encoding, StringComparison.Ordinal));
            if (!taken)
                return clause.Warn(
                    new Said("check.not-modified-lost", ("directive", compresses.ToString())),
                    new Said("check.not-modified-mend"));
        }
        return clause.Pass(new Said("check.not-modified-found"));
    }

    static ApacheDirective? AllowOverride(ApacheSite site)
    {
        var last = site.Over(false, "AllowOverride", "AllowOverrideList")
            .GroupBy(each => each.Name, StringComparer.OrdinalIgnoreCase).Select(each => each.Last());
        return last.FirstOrDefault(each => !IsOff(each[0]));
    }

    static ApacheDirective? Filter(ApacheSite site)
    {
        foreach (var each in site.Over(true, "SetOutputFilter", "AddOutputFilter", "AddOutputFilterByType",
            "FilterChain", "ModPagespeed", "SubstituteMaxLineLength", "Substitute"))
        {
            var altering = each.Name.ToUpperInvariant() switch
            {
                "SETOUTPUTFILTER" => !IsOff(each[0]) && Alters(each[0]),
                "ADDOUTPUTFILTER" => Alters(each[0]) && each.Arguments.Skip(1).Any(ApacheSite.IsContentExtension),
                "ADDOUTPUTFILTERBYTYPE" => Alters(each[0]),
                "MODPAGESPEED" => !IsOff(each[0]) && !each[0].Equals("unplugged", StringComparison.OrdinalIgnoreCase),
                "SUBSTITUTEMAXLINELENGTH" => false,
                _ => true,
            };
            if (altering) return each;
        }
        return null;
    }

    static bool Alters(string filters) => filters.Split(';').Any(filter => !Harmless.Contains(filter));

    /// <summary>Finds a directive that turns on server-side includes: <c>Options +Includes</c> or XBitHack.</summary>
    static ApacheDirective? Includes(ApacheSite site) =>
        Option(site, "Includes", "IncludesNOEXEC")
            ?? (site.Last("XBitHack") is { } hack && !IsOff(hack[0]) ? hack : null);

    /// <summary>
    /// Finds a directive that would run a file instead of sending it, or send another file in its place.
    /// </summary>
    static ApacheDirective? Execution(ApacheSite site)
    {
        if (Option(site, "ExecCGI") is { } option) return option;
        ApacheDirective? offender = null;
        foreach (var each in site.Over(true, "SetHandler")
            .Where(each => !each.Within.Any(section => section.Is("Location") && section.Argument != "/")))
            offender = IsOff(each[0]) || each[0] is "default-handler" ? null : each;
        return offender
            ?? site.Over(true, "AddHandler")
                .FirstOrDefault(
                each => each[0] is not ("default-handler" or "type-map")
                && each.Arguments.Skip(1).Any(ApacheSite.IsContentExtension))
            ?? site.Over(false, "Action")
                .FirstOrDefault(each => each[0].StartsWith("text/", StringComparison.OrdinalIgnoreCase))
            ?? site.Over(false, "ScriptAlias", "ScriptAliasMatch")
                .FirstOrDefault(each => each[0] is "/" or "^/" or "^/(.*)");
    }

    static ApacheDirective? Charset(ApacheSite site) =>
        site.Over(true, "AddDefaultCharset") is [.., var last] && !IsOff(last[0]) ? last
        : site.Over(true, "AddCharset", "ForceType")
            .FirstOrDefault(
            each => each.Is("ForceType") ? !IsOff(each[0])
            : each.Arguments.Skip(1).Any(ext => ext.TrimStart('.') is "html" or "htm" or "txt" or "csv"));

    /// <summary>
    /// Returns the directive that turns on one of these options, after all of them are merged; null if none does.
    /// </summary>
    static ApacheDirective? Option(ApacheSite site, params string[] names)
    {
        ApacheDirective? on = null;
        foreach (var each in site.Over(true, "Options"))
        {
            if (each.Arguments.Any(word => word[0] is not ('+' or '-'))) on = null;
            foreach (var word in each.Arguments)
            {
                var name = word.TrimStart('+', '-');
                if (name.Equals("All", StringComparison.OrdinalIgnoreCase)
                    || names.Contains(name, StringComparer.OrdinalIgnoreCase)) on = word[0] == '-' ? null : each;
            }
        }
        return on;
    }

    static bool IsOff(string word) => word.Length == 0 || word.Equals("none", StringComparison.OrdinalIgnoreCase)
        || word.Equals("off", StringComparison.OrdinalIgnoreCase);
}
