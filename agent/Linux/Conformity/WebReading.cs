using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Difusor.Agent.Conformity;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Conformity;

/// <summary>Reads Apache's own description of itself, and the certificate of the agent's site.</summary>
sealed partial class WebReading(HostTree tree, BoundedProgram programs, bool isRoot)
{
    readonly ApacheProgram apache = new(programs);

    public Fact<WebServer> Read(IReadOnlySet<string> processes)
    {
        if (apache.Version is not { } version) return null;
        var found = Version().Match(version.Output);
        var (configuration, problem) = Configuration(apache.Name!);
        return new WebServer(
            found.Success ? found.Groups[1].Value : "?", processes.Contains("apache2") || processes.Contains("httpd"),
            configuration, problem);
    }

    public Fact<SiteCertificate> Certificate(Fact<WebServer> web, string publicFolder)
    {
        if (web.Seen?.Configuration.Seen is not { } configuration
            || ApacheSite.Of(configuration, publicFolder)?.CertificateFile is not { } file) return null;
        if (tree.Text(file) is { Seen: null } unread)
            return new Fact<SiteCertificate>(null, unread.Hidden ?? new Said("check.folder-missing", ("path", file)));
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(tree.At(file));
            var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(extension => extension.EnumerateDnsNames()).ToList();
            if (names.Count == 0) names.Add(certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false));
            return new SiteCertificate(
                names, certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime(),
                certificate.Subject == certificate.Issuer, file);
        }
        catch (CryptographicException fault)
        {
            return new Fact<SiteCertificate>(
                null, new Said("check.hidden-fault", ("what", file), ("fault", fault.Message)));
        }
    }

    (Fact<ApacheConfiguration> Configuration, string? Problem) Configuration(string program)
    {
        // Only mod_info can print the whole configuration; load it for this one test if the server has not.
        var answer = apache.Test("info", "-D", "DUMP_CONFIG");
        if (answer is null or { Exit: null })
            return (new Fact<ApacheConfiguration>(null, new Said("check.hidden-slow", ("program", program))), null);
        if (answer.Exit != 0 && !isRoot)
            return (new Fact<ApacheConfiguration>(null, HostTree.NeedsRoot($"{program} -t")), null);
        if (answer.Exit != 0)
        {
            var problem = string.Join(
                ' ', answer.Errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith("AH00558", StringComparison.Ordinal)).Take(2));
            return (new Fact<ApacheConfiguration>(null, new Said("check.hidden-config")), problem);
        }
        return answer.Output.Contains("# In file: ", StringComparison.Ordinal)
            ? (ApacheConfiguration.Read(answer.Output), null)
            : (new Fact<ApacheConfiguration>(null, new Said("check.hidden-mod-info")), null);
    }

    [GeneratedRegex("Apache/([0-9.]{1,32})")]
    private static partial Regex Version();
}
