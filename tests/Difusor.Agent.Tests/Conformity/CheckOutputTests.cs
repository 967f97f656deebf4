using System.Net;
using System.Text.RegularExpressions;
using Difusor.Agent.Cli;
using Difusor.Agent.Conformity;
using Difusor.Agent.Journal;
using Difusor.Agent.Tests.Texts;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>
/// The report as <c>check</c> shows it: on a narrow terminal, on a pipe, as a page, as the form's fields.
/// </summary>
public sealed class CheckOutputTests : IDisposable
{
    readonly PreparedHost host;

    public CheckOutputTests()
    {
        Assert.SkipUnless(
            Environment.UserName == "root", "the owners of folders are part of it: only root can prepare them");
        Assert.SkipUnless(
            File.Exists("/usr/sbin/sshd") && (File.Exists("/usr/sbin/apache2") || File.Exists("/usr/sbin/httpd")),
            "needs Apache and sshd (tests/need test)");
        host = new PreparedHost();
        // Something of each kind: a failure with a command, one with words, warnings.
        host.Files("etc/os-release", "ID=arch\nPRETTY_NAME=\"Arch <Linux> & \\\"others\\\"\"\n");
        host.Sshd = host.Sshd.Replace("  ForceCommand internal-sftp\n", "");
        host.Settings = "";
    }

    [Theory]
    [InlineData(Language.Es, 80), InlineData(Language.En, 80), InlineData(Language.Es, 60),
        InlineData(Language.En, 120)]
    public void OnATerminalNoLineIsWiderThanIt(Language language, int width)
    {
        // One report: a second look at a busy host may find another thing, a server that answers late.
        var report = host.Report();
        var shown =
            Show(report, language, new Surface(OutputIsTerminal: true, ErrorIsTerminal: true, Colours: true, width));
        var lines = Regex.Replace(shown, "\e\\[[0-9;]*m", "").Split('\n');
        Assert.DoesNotContain(lines, line => line.Length > width);
        Assert.Contains("\e[", shown, StringComparison.Ordinal);
        // Wrapped, and not cut off.
        var words = string.Join(' ', lines).Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        Assert.Empty(
            report.Rows.SelectMany(row => row.Found.In(language).Split(' ')).Where(word => word.Length is > 0 and < 12)
            .Except(words));
    }

    [Fact]
    public void WithoutColoursThereIsNoEscape() =>
        Assert.DoesNotContain(
            '\e', Show(
            host.Report(), Language.Es,
            new Surface(OutputIsTerminal: true, ErrorIsTerminal: true, Colours: false, 80)));

    [Theory, InlineData(Language.Es), InlineData(Language.En)]
    public void ItIsOfOneLanguage(Language language)
    {
        // Whom to tell is a name, and has no language.
        var report = host.Report();
        var shown = Show(report, language, Surface.Plain).Replace(
            report.Configured.Profile.Whom, "", StringComparison.Ordinal);
        Assert.Empty(shown.Split('\n').SelectMany(line => OneLanguage.Foreign(language, line)));
    }

    /// <summary>The certificate's end and the last notice were told in UTC.</summary>
    [Fact]
    public void TimesAreThoseOfTheElectionsClocks()
    {
        host.Status = host.Status with { Notify = new NotifyStatus(PreparedHost.Eve.ToUniversalTime()) };
        host.Settings = "notify: {command: /bin/true}\n";
        var report = host.Report();
        var shown = Show(report, Language.Es, Surface.Plain);
        Assert.Contains("5 de junio de 2021, 12:00:00 (UTC-5)", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("UTC)", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("UTC)", ConformityPage.Write(report, Language.Es), StringComparison.Ordinal);
    }

    [Fact]
    public void OnAPipeEachRowIsOneLine()
    {
        var report = host.Report();
        var lines = Show(report, Language.Es, Surface.Plain).Split('\n');
        Assert.DoesNotContain(lines, line => line.Contains('\e'));
        foreach (var row in report.Rows)
            Assert.Contains(
                lines, line =>
                line.StartsWith(row.Heading(Language.Es), StringComparison.Ordinal)
                && line.Contains(row.Looked.In(Language.Es)) && line.Contains(row.Found.In(Language.Es)));
    }

    [Fact]
    public void WithoutRootItSaysThatItDoesNotSeeAll()
    {
        Assert.DoesNotContain(
            "sudo difusor-agent check", Show(host.Report(), Language.Es, Surface.Plain), StringComparison.Ordinal);
        Assert.Contains(
            "Sin root no se ve todo; repita con: sudo difusor-agent check",
            Show(host.Report(asRoot: false), Language.Es, Surface.Plain), StringComparison.Ordinal);
        Assert.Contains(
            "sudo difusor-agent check", ConformityPage.Write(host.Report(asRoot: false), Language.En),
            StringComparison.Ordinal);
        Assert.False((bool)host.Report(asRoot: false).ToJson(Language.En)["as_root"]!);
    }

    [Theory]
    [InlineData(Language.Es, "es"), InlineData(Language.En, "en")]
    public void ThePageHasEachRowAndNeedsNothingElse(Language language, string tag)
    {
        var report = host.Report();
        var page = ConformityPage.Write(report, language);
        Assert.StartsWith($"<!DOCTYPE html>\n<html lang=\"{tag}\">", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<(script|link|img|iframe)|src=|@import|url\\(", page);
        Assert.Equal(report.Rows.Count, Regex.Count(page, "<td class=\"(pass|warn|fail|by-hand)\">"));
        foreach (var row in report.Rows)
            foreach (var text in new[] { row.Looked.In(language), row.Found.In(language), row.Mend?.In(language),
                row.Command }.OfType<string>())
                Assert.Contains(WebUtility.HtmlEncode(text), page, StringComparison.Ordinal);
        Assert.Contains("Arch &lt;Linux&gt; &amp;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Arch <Linux>", page, StringComparison.Ordinal);
        Assert.Contains(
            WebUtility.HtmlEncode(ConformityPage.Summary(report, language)), page, StringComparison.Ordinal);
        Assert.Contains("prep.example.mx", page, StringComparison.Ordinal);
    }

    [Fact]
    public void TheFormHasWhatThisHostKnowsAndNeverAPassword()
    {
        var fields = Anexo1.Of(host.Report(), Language.Es).ToDictionary(field => field.Key, field => field.Value);
        Assert.Equal(
            ["hardware", "link", "network", "power", "sftp_host", "sftp_host_key", "sftp_password", "sftp_user", "site",
                "software"],
            fields.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            ("https://prep.example.mx/", "prep.example.mx", PreparedHost.Account, null),
            (fields["site"], fields["link"], fields["sftp_user"], fields["power"]));
        Assert.EndsWith("SFTP (SSH), tcp 22", fields["sftp_host"], StringComparison.Ordinal);
        Assert.Matches(
            "^Arch .*; Apache 2\\..*; OpenSSH.*; NTP: chrony; Syslog: rsyslogd; difusor-agent 1.0$",
            fields["software"]);
        Assert.Matches("^[0-9]+ × Tester; RAM 4.1 GB; HDD ", fields["hardware"]);
        Assert.Equal(Messages.Say(Language.Es, "check.form-password"), fields["sftp_password"]);
        Assert.Contains("443", fields["network"], StringComparison.Ordinal);
    }

    static string Show(ConformityReport report, Language language, Surface surface)
    {
        using var output = new StringWriter();
        new CheckView(new CliOutput(output, TextWriter.Null, language, surface)).Show(report);
        return output.ToString();
    }

    public void Dispose() => host.Dispose();
}
