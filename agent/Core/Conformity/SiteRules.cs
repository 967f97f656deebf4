using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// Clauses II.2.c and I.8: https on port 443, its protocols and certificate, and the name that the institute's list
/// links to.
/// </summary>
static class SiteRules
{
    static readonly string[] Old = ["SSLv3", "TLSv1", "TLSv1.1"];

    public static IEnumerable<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        Clause https = new("https"), protocols = new("tls-protocols");
        Clause dates = new("certificate-dates"), names = new("certificate-name");
        var unseen = ContentRules.Unseen(host);
        var site = unseen is null
            ? ApacheSite.Of(host.Web.Seen!.Configuration.Seen!, $"{configured.Settings.Paths.State}/public") : null;
        if (site is null)
        {
            foreach (var clause in new[] { https, protocols, dates, names })
                yield return clause.Unseen(unseen ?? new Said("check.no-site"));
            yield break;
        }
        yield return Https(https, host, site);
        yield return Protocols(protocols, site);
        if (host.Certificate.Hidden is not null || host.Certificate.Seen is null)
        {
            var why = host.Certificate.Hidden ?? new Said("check.certificate-none");
            yield return dates.Unseen(why);
            yield return names.Unseen(why);
            yield break;
        }
        yield return Dates(dates, host, site, configured.Profile);
        yield return Names(names, host.Certificate.Seen, site);
    }

    static ConformityRow Https(Clause clause, HostFacts host, ApacheSite site)
    {
        (string, object?) name = ("site", site.Name);
        if (!site.Tls || site.Port != 443)
            return clause.Fail(
                new Said("check.https-elsewhere", name, ("addresses", site.Addresses)), new Said("check.https-mend"),
                ContentRules.SetUp);
        if (host.Listening.Hidden is { } why) return clause.Unseen(why);
        return host.Listening.Seen!.Contains(443) ? clause.Pass(new Said("check.https-heard", name))
            : clause.Fail(
                new Said("check.https-deaf"), command: "systemctl restart " + host.System.Either("apache2", "httpd"));
    }

    static ConformityRow Protocols(Clause clause, ApacheSite site)
    {
        // This is what "all" leaves on with OpenSSL 3, since 2.4.43.
        var on = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "TLSv1.2", "TLSv1.3" };
        foreach (var word in site.Own("SSLProtocol")?.Arguments ?? [])
        {
            var name = word.TrimStart('+', '-');
            if (word[0] is not ('+' or '-')) on.Clear();
            if (name.Equals("all", StringComparison.OrdinalIgnoreCase))
            {
                if (word[0] == '-') on.Clear();
                else on.UnionWith([.. Old.Skip(1), "TLSv1.2", "TLSv1.3"]);
            }
            else if (word[0] == '-') on.Remove(name);
            else on.Add(name);
        }
        var weak = Old.Where(on.Contains).ToList();
        return weak.Count == 0
            ? clause.Pass(new Said("check.tls-protocols-set", ("protocols", string.Join(", ", on))))
            : clause.Warn(
                new Said("check.tls-protocols-old", ("protocols", string.Join(", ", weak))),
                new Said("check.tls-protocols-mend"));
    }

    static ConformityRow Dates(Clause clause, HostFacts host, ApacheSite site, ElectionProfile profile)
    {
        var (certificate, now) = (host.Certificate.Seen!, host.Now);
        // Apache has port 80, so certbot's own server would find it taken.
        var certbot = $"certbot certonly --webroot -w /var/www/html -d {site.Name} --deploy-hook "
            + $"\"systemctl reload {host.System.Either("apache2", "httpd")}\"";
        var needed = now > profile.KeepUntil ? now : profile.KeepUntil;
        (string, object?) until = ("until", certificate.Until), file = ("file", certificate.File);
        if (certificate.Until < needed || certificate.From > now)
            return clause.Fail(
                new Said("check.certificate-ends", file, ("from", certificate.From), until, ("needed", needed)),
                new Said("check.certificate-ends-mend"));
        // certbot has renewed the file, and nobody has told Apache.
        if (host.Readers.Seen?.ByLoopback is { IsRight: true, CertificateUntil: { } shown }
            && shown != certificate.Until)
            return clause.Fail(
                new Said("check.certificate-former", file, until, ("shown", shown)),
                command: "systemctl reload " + host.System.Either("apache2", "httpd"));
        return certificate.SelfSigned
            ? clause.Warn(
                new Said("check.certificate-self", file, until), new Said("check.certificate-self-mend"), certbot)
            : clause.Pass(new Said("check.certificate-good", file, until));
    }

    static ConformityRow Names(Clause clause, SiteCertificate certificate, ApacheSite site)
    {
        var missing = site.Names.Where(name => name.Length > 0 && !certificate.Names.Any(each => Covers(each, name)))
            .ToList();
        (string, object?) has = ("has", string.Join(", ", certificate.Names));
        if (site.Name.Length == 0)
            return clause.Fail(
                new Said("check.certificate-nameless", ("vhost", site.Addresses)),
                new Said("check.certificate-nameless-mend"));
        return missing.Count == 0
            ? clause.Pass(new Said("check.certificate-name-found", ("site", site.Name), has))
            : clause.Fail(
                new Said("check.certificate-name-other", ("site", string.Join(", ", missing)), has),
                new Said("check.certificate-name-mend"));
    }

    /// <summary>
    /// Returns whether a certificate's name covers a host name. RFC 6125: a star stands for one label, the leftmost.
    /// </summary>
    internal static bool Covers(string pattern, string name) =>
        pattern.Equals(name, StringComparison.OrdinalIgnoreCase)
        || (pattern.StartsWith("*.", StringComparison.Ordinal)
            && name.IndexOf('.', StringComparison.Ordinal) is var dot and > 0
            && name[dot..].Equals(pattern[1..], StringComparison.OrdinalIgnoreCase));
}
