using System.Diagnostics;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests;

/// <summary>
/// What falls with the honest script that docs/why-not-a-script.md shows (tests/tools/honest-script.sh): each test lets
/// it do its work on real files. Where one is red, that row of the page is no longer true.
/// </summary>
public sealed class ShellScriptTests : IDisposable
{
    const string First = "20210606_2020_PREP_MEX", Second = "20210606_2040_PREP_MEX";
    readonly TemporaryFolder folder = new();

    public ShellScriptTests() => Directory.CreateDirectory(folder["entrega"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ItPublishesTheNewestCorteThatMatchesItsHash()
    {
        Deliver(First, "uno");
        Publishes(First);
        Deliver(Second, "dos");
        Publishes(Second);
        Assert.Equal("<h1>dos</h1>\n", Served("index.html"));
    }

    [Fact]
    public void ItRefusesAByteThatDoesNotMatchItsHash()
    {
        Deliver(First, "uno");
        folder.Write($"entrega/{First}/index.html", "<h1>dos</h1>\n");
        Assert.Equal(1, Script().Exit);
        Assert.False(Path.Exists(folder["publico"]));
    }

    [Fact]
    public void ItWaitsForTheHour()
    {
        Deliver(First, "uno");
        Assert.Equal((0, ""), Script(DateTimeOffset.UtcNow.AddHours(1)));
        Assert.False(Path.Exists(folder["publico"]));
    }

    [Fact]
    public void AFileThatNoHashCoversIsPublished()
    {
        Deliver(First, "uno");
        folder.Write($"entrega/{First}/encuesta.html", "<script>");
        Publishes(First);
        Assert.Equal("<script>", Served("encuesta.html"));
    }

    [Fact]
    public void ALinkShowsWhateverApacheMayRead()
    {
        var outside = folder.Write("secreto", "not the institute's");
        Deliver(First, "uno");
        File.CreateSymbolicLink(folder[$"entrega/{First}/notas.txt"], outside);
        Publishes(First);
        Assert.Equal("not the institute's", Served("notas.txt"));
    }

    [Fact]
    public void AnHtaccessWithItsHashIsPublished()
    {
        Deliver(First, "uno", ".htaccess", "Redirect / https://another.example/\n");
        Publishes(First);
        Assert.StartsWith("Redirect", Served(".htaccess"));
    }

    /// <summary>The list came first and is cut after a line: all that it names is there and true.</summary>
    [Fact]
    public void HalfAnUploadIsPublishedAndNeverCompleted()
    {
        Deliver(First, "uno");
        var list = folder[$"entrega/{First}/HASH.txt"];
        var whole = File.ReadAllLines(list);
        File.WriteAllLines(list, whole[..1]);
        File.Move(folder[$"entrega/{First}/index.html"], folder["late.html"]);
        Publishes(First);
        File.Move(folder["late.html"], folder[$"entrega/{First}/index.html"]);
        File.WriteAllLines(list, whole);
        Assert.Equal((0, ""), Script());
        Assert.False(File.Exists(folder["publico/index.html"]));
    }

    [Fact]
    public void AClockThatIsAnHourFastPublishesBeforeTheHour()
    {
        Deliver(First, "uno");
        var (exit, said) = Script(DateTimeOffset.UtcNow.AddMinutes(50), MovableClock.Shifted("+1h"));
        Assert.True(exit == 0, said);
        Assert.Equal("<h1>uno</h1>\n", Served("index.html"));
    }

    [Fact]
    public void WhatIsLeftOfARehearsalIsPublishedAtTheOpening()
    {
        const string rehearsed = "20210531_1000_PREP_MEX";
        Deliver(rehearsed, "prueba");
        Publishes(rehearsed);
    }

    [Fact]
    public void ACorteOfTheFutureShutsOutAllThatFollow()
    {
        const string mistyped = "20210606_2320_PREP_MEX";
        Deliver(mistyped, "mal");
        Publishes(mistyped);
        Deliver(Second, "dos");
        Assert.Equal((0, ""), Script());
        Assert.Equal("<h1>mal</h1>\n", Served("index.html"));
    }

    [Fact]
    public void ACorrectedPackageOfTheSameCorteIsNeverPublished()
    {
        Deliver(First, "uno");
        Publishes(First);
        Deliver(First, "dos");
        Assert.Equal((0, ""), Script());
        Assert.Equal("<h1>uno</h1>\n", Served("index.html"));
    }

    [Fact]
    public void WhatIsAlteredAfterwardsStaysSoWithoutAWord()
    {
        Deliver(First, "uno");
        Publishes(First);
        folder.Write("publico/index.html", "<h1>otro</h1>\n");
        Assert.Equal((0, ""), Script());
        Assert.Equal("<h1>otro</h1>\n", Served("index.html"));
    }

    /// <summary>Apache makes the ETag of both: a browser is told that it has the page already.</summary>
    [Fact]
    public void TwoCortesOfAPageHaveOneSizeAndOneTime()
    {
        var time = new DateTime(2021, 6, 7, 1, 0, 0, DateTimeKind.Utc);
        Deliver(First, "uno");
        File.SetLastWriteTimeUtc(folder[$"entrega/{First}/index.html"], time);
        Publishes(First);
        var before = (new FileInfo(folder["publico/index.html"]).Length, time, Served("index.html"));
        Deliver(Second, "dos");
        File.SetLastWriteTimeUtc(folder[$"entrega/{Second}/index.html"], time);
        Publishes(Second);
        var page = new FileInfo(folder["publico/index.html"]);
        Assert.Equal((before.Length, before.time), (page.Length, page.LastWriteTimeUtc));
        Assert.NotEqual(before.Item3, Served("index.html"));
    }

    [Fact]
    public void TwoHoursWithoutACorteAreNoNews()
    {
        Deliver(First, "uno");
        Publishes(First);
        Assert.Equal((0, ""), Script(null, MovableClock.Shifted("+2h")));
    }

    /// <summary>The page shows the script that is tested.</summary>
    [Theory]
    [InlineData("docs/why-not-a-script.md"), InlineData("docs/por-que-no-un-script.md")]
    public void ThePageShowsThisScript(string page) =>
        Assert.Contains(
            $"\n```bash\n{File.ReadAllText(WorkingCopy.At("tests/tools/honest-script.sh"))}```\n",
            File.ReadAllText(WorkingCopy.At(page)), StringComparison.Ordinal);

    /// <summary>Delivers a package whose HASH.txt lists all of its files.</summary>
    void Deliver(string name, string text, string? further = null, string contents = "")
    {
        folder.Write($"entrega/{name}/index.html", $"<h1>{text}</h1>\n");
        folder.Write($"entrega/{name}/bd/votos.txt", $"{text}\n");
        if (further is not null) folder.Write($"entrega/{name}/{further}", contents);
        var (exit, _, errors) = Bounded.Run(
            "bash", "-c", "cd \"$0\" && sha256sum bd/votos.txt index.html $1 > HASH.txt", folder[$"entrega/{name}"],
            further ?? "");
        Assert.True(exit == 0, errors);
    }

    void Publishes(string name)
    {
        Assert.Equal((0, $"published: {name}\n"), Script());
        Assert.Equal($"versiones/{name}", new FileInfo(folder["publico"]).LinkTarget);
    }

    string Served(string path) => File.ReadAllText(folder[$"publico/{path}"]);

    /// <summary>Runs it once, as cron does each minute.</summary>
    /// <param name="opens">The hour; null: it is past.</param>
    /// <param name="under">A command to run it under.</param>
    (int Exit, string Said) Script(DateTimeOffset? opens = null, string[]? under = null)
    {
        string[] command =
            [.. under ?? ["env"], "bash", WorkingCopy.At("tests/tools/honest-script.sh"), folder.Path];
        var start = new ProcessStartInfo(command[0], command[1..]);
        if (opens is { } hour) start.Environment["OPENS"] = hour.ToString("yyyy-MM-dd'T'HH:mm:ssK");
        var (exit, said, errors) = Bounded.Run(start);
        return (exit, said + errors);
    }
}
