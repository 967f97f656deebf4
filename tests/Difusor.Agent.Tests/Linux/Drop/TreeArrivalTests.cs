using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// A tree that each corte is written over, against the real receiving thread: what changes after the verdict, and what
/// stops half-way.
/// </summary>
public sealed class TreeArrivalTests
{
    static DropNight Tree(int giveUp = 60_000, ReceivingBounds? bounds = null) => new(
        settings => settings with
        {
            Drop = settings.Drop with { Layout = DropLayout.Tree, GiveUp = TimeSpan.FromMilliseconds(giveUp) },
        },
        bounds);

    /// <summary>
    /// Pages that show their corte, one that shows none, and the data; each with a HASH of its own, or one a folder.
    /// </summary>
    static SortedDictionary<string, string> WithoutTop(string hour, bool sidecars = true)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["bd/PREP.csv"] = $"PREP 2021\n2021/06/06 {hour} (UTC-6)\nA|B\n1|2\n",
            ["aviso/aviso.html"] = "<p>Aviso de privacidad</p>",
        };
        for (var page = 0; page < 6; page++)
            files[$"dip/{page}.html"] = $"<h1>Distrito {page}</h1><p>Corte: 06/06/2021 {hour} horas</p>";
        if (sidecars) foreach (var (path, text) in files.ToList()) files[path + ".sha256"] = DropNight.Hex(text) + "\n";
        else
            foreach (var folder in files.GroupBy(file => Path.GetDirectoryName(file.Key)!).ToList())
                files[$"{folder.Key}/SHA256SUMS"] = string.Concat(
                    folder.Select(file => $"{DropNight.Hex(file.Value)}  {Path.GetFileName(file.Key)}\n"));
        return files;
    }

    static IEnumerable<KeyValuePair<string, string>> Some(
        SortedDictionary<string, string> files, params string[] starts) =>
        files.Where(file => starts.Any(start => file.Key.StartsWith(start, StringComparison.Ordinal)));

    static Verdict First(DropNight night, SortedDictionary<string, string> files)
    {
        night.Put("", files);
        var verdict = night.NextVerdict();
        Assert.True(verdict.Accepted, string.Join(' ', verdict.Reasons));
        return verdict;
    }

    static void Accepted(DropNight night, string hour)
    {
        var verdict = night.NextVerdict();
        Assert.True(verdict.Accepted, string.Join(' ', verdict.Reasons));
        Assert.Equal($"2021-06-06T{hour}:00-06:00", verdict.Corte?.ToString());
    }

    [Fact]
    public void AHashWrittenAnewThatSaysTheSameIsTheSamePackage()
    {
        using var night = Tree();
        var package = DropNight.Package();
        var first = First(night, package);
        night.PutFile("SHA256SUMS", "# again\n" + package["SHA256SUMS"]);
        var again = night.NextVerdict();
        Assert.True(again.Accepted);
        Assert.Equal((first.Corte, first.ManifestSha256), (again.Corte, again.ManifestSha256));
    }

    [Fact]
    public void AHashThatNoLongerFitsIsWaitedForAndItsMendingEndsThat()
    {
        using var night = Tree();
        var package = DropNight.Package();
        First(night, package);
        night.PutFile("SHA256SUMS", DropNight.Package("20:40")["SHA256SUMS"]);
        Assert.Contains("dip/000.html", night.Next<DeliveryStalls>().Awaited.Names);
        night.PutFile("SHA256SUMS", package["SHA256SUMS"]);
        Accepted(night, "20:20");
    }

    [Fact]
    public void AHashThatNoLongerFitsIsRejectedInTheEnd()
    {
        using var night = Tree(giveUp: 800);
        First(night, DropNight.Package());
        night.PutFile("SHA256SUMS", DropNight.Package("20:40")["SHA256SUMS"]);
        Assert.Equal(["digest-mismatch"], DropNight.Codes(night.NextVerdict()));
    }

    [Fact]
    public void AHashThatWasTakenAwayIsWaitedFor()
    {
        using var night = Tree(bounds: DropNight.OftenLookedAt);
        var package = DropNight.Package();
        First(night, package);
        File.Delete(night.In("SHA256SUMS"));
        Assert.Equal(["HASH"], night.Next<DeliveryStalls>().Awaited.Names);
        night.PutFile("SHA256SUMS", package["SHA256SUMS"]);
        Accepted(night, "20:20");
    }

    [Fact]
    public void AHashThatWasTakenAwayIsMissedInTheEnd()
    {
        using var night = Tree(giveUp: 800, DropNight.OftenLookedAt);
        First(night, DropNight.Package());
        File.Delete(night.In("SHA256SUMS"));
        Assert.Equal(["no-hash"], DropNight.Codes(night.NextVerdict()));
    }

    [Theory]
    [InlineData(true, "dip/0", "dip/1", "dip/2"), InlineData(true, "bd/"), InlineData(true, "bd/", "dip/0", "dip/1"),
        InlineData(false, "bd/"), InlineData(false, "dip/")]
    public void HalfOfTheNextCorteIsWaitedForThoughEachDigestMatches(bool sidecars, params string[] come)
    {
        using var night = Tree();
        First(night, WithoutTop("20:20", sidecars));
        var next = WithoutTop("20:40", sidecars);
        night.Put("", Some(next, come));
        var awaited = night.Next<DeliveryStalls>().Awaited.Names;
        Assert.All(awaited, path => Assert.StartsWith("dip/", path, StringComparison.Ordinal));
        night.Put("", next.Where(file => !file.Key.StartsWith("aviso", StringComparison.Ordinal)));
        Accepted(night, "20:40");
    }

    [Theory]
    [InlineData("dip/0", "dip/1", "dip/2"), InlineData("bd/"), InlineData("bd/", "dip/0", "dip/1")]
    public void HalfOfTheNextCorteIsRejectedInTheEndAndSoIsHalfOfTheOneAfter(params string[] come)
    {
        using var night = Tree(giveUp: 800);
        First(night, WithoutTop("20:20"));
        foreach (var hour in new[] { "20:40", "21:00" })
        {
            night.Put("", Some(WithoutTop(hour), come));
            Assert.Equal(["corte-mismatch"], DropNight.Codes(night.NextVerdict()));
        }
        night.Put("", WithoutTop("21:20"));
        Accepted(night, "21:20");
    }

    [Fact]
    public void AReissueOfAPageIsNoMix()
    {
        using var night = Tree();
        First(night, WithoutTop("20:20"));
        night.Put(
            "", Some(
            WithoutTop("20:20")
            .ToSorted(("dip/3.html", "<h1>Distrito tres</h1><p>Corte: 06/06/2021 20:20 horas</p>")), "dip/3"));
        Accepted(night, "20:20");
    }

    [Fact]
    public void HalfOfTheNextCorteIsWaitedForOverARestartToo()
    {
        using var night = Tree();
        night.Put("", WithoutTop("20:20"));
        night.Publish(night.Next<DeliveryJudged>());
        night.Stop();
        var next = WithoutTop("20:40");
        night.Put("", Some(next, "bd/", "dip/0"));
        night.Start();
        Assert.Contains("dip/1.html", night.Next<DeliveryStalls>().Awaited.Names);
        night.Put("", next);
        Accepted(night, "20:40");
    }

    [Fact]
    public void APageWithADateInDigitsOfAnotherScriptIsReadAtEachStart()
    {
        SortedDictionary<string, string> Of(string hour) =>
            WithoutTop(hour).ToSorted(("dip/5.html", "<h1>٠٦/٠٦/٢٠٢١ ٢٠:٢٠</h1><p>०६/०६/२०२१</p>"));
        using var night = Tree();
        night.Put("", Of("20:20"));
        night.Publish(night.Next<DeliveryJudged>());
        night.Stop();
        night.Put("", Some(Of("20:40"), "bd/", "dip/0"));
        night.Start();
        Assert.Contains("dip/1.html", night.Next<DeliveryStalls>().Awaited.Names);
        night.Restart();
        Assert.Contains("dip/1.html", night.Next<DeliveryStalls>().Awaited.Names);
        night.Put("", Of("20:40"));
        Accepted(night, "20:40");
    }
}

static class ChangedPackage
{
    /// <summary>The same package with other bytes in one file, and its sidecar made anew.</summary>
    internal static SortedDictionary<string, string> ToSorted(
        this SortedDictionary<string, string> files, (string Path, string Text) change)
    {
        files[change.Path] = change.Text;
        files[change.Path + ".sha256"] = DropNight.Hex(change.Text) + "\n";
        return files;
    }
}
