using System.Text.RegularExpressions;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests.Sentinel;

/// <summary>
/// The status page in a real headless Chromium, as the agent wrote it: with and without script, and as wide as a phone.
/// </summary>
public sealed partial class StatusPageInChromiumTests
{
    static readonly string? Chromium = new[]
        { "/usr/bin/chromium", "/usr/bin/chromium-headless-shell", "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    [Fact]
    public void ItShowsTheNightWithAndWithoutScriptAndFitsAPhone()
    {
        Assert.SkipWhen(Chromium is null, "no Chromium is installed");
        using var scene = new TamperScene();
        new TestPackage(scene.Agent.Opens.AddMinutes(40))
            .Deliver(scene.Agent.Drop, package => package.Files["index.html"] = "evil");
        scene.Agent.Await("PACKAGE_REJECTED");
        // The page is written once a second at most, and at each tick.
        Assert.True(
            SpinWait.SpinUntil(
            () => File.ReadAllText(scene.Agent.At("run/page/index.html"))
            .Contains("digest-mismatch", StringComparison.Ordinal), TimeSpan.FromMinutes(1)));
        // As it stands once the agent is gone, so that nothing changes between two looks.
        Assert.Equal(0, scene.Agent.Stop());
        var page = scene.Agent.At("run/page");
        var scriptless = Directory.CreateDirectory(scene.Agent.At("run/sin")).FullName;
        foreach (var file in Directory.GetFiles(page).Where(file => !file.EndsWith(".js", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(scriptless, Path.GetFileName(file)));
        var plain = Dom(scriptless, "index.html");
        foreach (var essential in new[] { "Huella del paquete", "digest-mismatch", "<svg", "<noscript>" })
            Assert.Contains(essential, plain, StringComparison.Ordinal);
        Assert.Contains("Is the public served the right thing?", Dom(scriptless, "en.html"), StringComparison.Ordinal);

        // The script runs under the page's own policy, and only counts.
        var counted = Dom(page, "index.html", "--virtual-time-budget=5000");
        Assert.NotEqual(Since(plain), Since(counted));
        Assert.Equal(Numbers().Replace(plain, "#"), Numbers().Replace(counted, "#"));
        Assert.All(
            Loaded().Matches(counted), link =>
            Assert.DoesNotContain("//", link.Groups[1].Value, StringComparison.Ordinal));

        // Of an agent that died an hour ago: the page says so itself.
        var written = WrittenAt().Match(File.ReadAllText(Path.Combine(page, "index.html"))).Groups[1].Value;
        var old = DateTimeOffset.Parse(written).AddHours(-1).ToString("yyyy-MM-dd'T'HH:mm:sszzz");
        File.WriteAllText(
            Path.Combine(page, "vieja.html"),
            File.ReadAllText(Path.Combine(page, "index.html"))
                .Replace($"data-written=\"{written}\"", $"data-written=\"{old}\"", StringComparison.Ordinal));
        Assert.Matches("<p [^>]*id=\"stale\"[^>]* hidden", counted);
        var stale = Dom(page, "vieja.html", "--virtual-time-budget=2000");
        Assert.Matches("<p [^>]*id=\"stale\"", stale);
        Assert.DoesNotMatch("<p [^>]*id=\"stale\"[^>]* hidden", stale);

        File.WriteAllText(Path.Combine(page, "telefono.html"),
            """
            <body><iframe src="index.html" width="360" height="800" onload="document.title = this.contentDocument.documentElement.scrollWidth <= this.clientWidth ? 'fits' : 'wider'"></iframe>
            """);
        Assert.Contains(
            "<title>fits</title>", Dom(page, "telefono.html", "--allow-file-access-from-files"),
            StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("DIFUSOR_SCREENSHOT") is { Length: > 0 } kept)
            Run("--window-size=400,1500", "--hide-scrollbars", $"--screenshot={Path.GetFullPath(kept)}",
                $"file://{page}/index.html");
    }

    static string Since(string dom) => SinceText().Match(dom).Groups[1].Value;

    static string Dom(string page, string file, params string[] more) =>
        Run([.. more, "--dump-dom", $"file://{page}/{file}"]);

    static string Run(params string[] arguments)
    {
        var profile = Directory.CreateTempSubdirectory("chromium-").FullName;
        try
        {
            var (code, text, errors) = Bounded.Run(
                Chromium!,
                ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                    $"--user-data-dir={profile}", .. arguments]);
            Assert.True(code == 0, errors);
            return text;
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }

    [GeneratedRegex("data-written=\"([^\"]*)\"")]
    private static partial Regex WrittenAt();

    [GeneratedRegex("data-since=\"[^\"]*\"[^>]*>([^<]*)<")]
    private static partial Regex SinceText();

    [GeneratedRegex(@"(?<=>)\d+ (?:d|h|min|s)(?: \d+ (?:h|min|s))?(?=<)")]
    private static partial Regex Numbers();

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Loaded();
}
