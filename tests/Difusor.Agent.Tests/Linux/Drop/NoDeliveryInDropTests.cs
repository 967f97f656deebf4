using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Tests.Packages.Archives;

namespace Difusor.Agent.Tests.Linux;

/// <summary>What lies at the top of the drop and is no delivery, against the real receiving thread.</summary>
public sealed class NoDeliveryInDropTests
{
    static readonly ReceivingBounds Often = DropNight.OftenLookedAt;

    static IEnumerable<string> Quiet(DropNight night) => night.Receiver.Ignored is { IsDefault: false } shown
        ? shown.Where(entry => entry.IsQuiet).Select(entry => $"{entry.Name} {entry.Cause}") : [];

    static void AreTold(DropNight night, params string[] entries) => Bounded.Until(
        () => Quiet(night).SequenceEqual(entries), $"{string.Join(", ", entries)} in what is no delivery");

    static DropNight GivesUp(int milliseconds, DropLayout layout = DropLayout.Packages) => new(
        settings => settings with
        {
            Drop = settings.Drop with { GiveUp = TimeSpan.FromMilliseconds(milliseconds), Layout = layout },
        },
        Often);

    public static TheoryData<string> OtherKinds =>
        [.. OtherArchives.All.Select(ending => "20210606_2020_PREP" + ending)];

    [Theory, MemberData(nameof(OtherKinds))]
    public void AnArchiveOfAnotherKindIsSeenAndRefusedAndNotRead(string name)
    {
        using var night = new DropNight();
        File.WriteAllBytes(night.In("../whole"), new byte[4096]);
        File.SetUnixFileMode(night.In("../whole"), UnixFileMode.None);
        File.Move(night.In("../whole"), night.In(name));
        Assert.Equal(name, night.Next<DeliveryArrives>().Delivery);
        var verdict = night.NextVerdict();
        var reason = Assert.Single(verdict.Reasons);
        Assert.Equal("bad-archive", reason.Code);
        Assert.Contains(".zip, .tar, .tar.gz and .tgz", reason.Detail, StringComparison.Ordinal);
        Assert.Equal(("PREP", 20, 20), (verdict.Series, verdict.Corte!.Value.At.Hour, verdict.Corte.Value.At.Minute));
    }

    [Fact]
    public void AnArchiveOfAnotherKindIsRefusedOnceThoughItComesInParts()
    {
        using var night = new DropNight(settings => settings with
            { Drop = settings.Drop with { Settle = TimeSpan.FromSeconds(1) } });
        for (var part = 0; part < 5; part++) File.AppendAllText(night.In("P.rar"), "part");
        Assert.Equal("P.rar", night.NextVerdict().Package);
        night.PutFile("Q.7z", "whole");
        Assert.Equal("Q.7z", night.NextVerdict().Package);
    }

    [Fact]
    public void ADigestBesideAnArchiveOfAnotherKindAccusesNobody()
    {
        using var night = new DropNight();
        night.PutFile("P.rar.sha256", new string('1', 64) + "\n");
        night.PutFile("P.rar", "whole");
        Assert.Equal(["bad-archive"], DropNight.Codes(night.NextVerdict()));
    }

    [Fact]
    public void ALinkThatIsNamedLikeOneIsStillALink()
    {
        using var night = new DropNight(bounds: Often);
        File.CreateSymbolicLink(night.In("P.rar"), "/etc/passwd");
        Assert.Contains("unsafe-type", DropNight.Codes(night.NextVerdict()));
    }

    [Fact]
    public void LooseFilesAndOthersAreToldEachWithItsCause()
    {
        using var night = new DropNight(bounds: Often);
        Directory.CreateDirectory(night.In("vacia"));
        night.Put("", new Dictionary<string, string>
        {
            ["index.html"] = "x", ["MEX.txt"] = "x", ["notas.docx"] = "x", [".oculto"] = "x",
            ["HASH.txt"] = $"{DropNight.Hex("x")}  index.html\n",
        });
        AreTold(
            night, "HASH.txt LooseFiles", "MEX.txt LooseFiles", "index.html LooseFiles", "notas.docx NotAPackage",
            "vacia NotAPackage");
        File.Delete(night.In("MEX.txt"));
        File.Delete(night.In("notas.docx"));
        AreTold(night, "HASH.txt LooseFiles", "index.html LooseFiles", "vacia NotAPackage");
    }

    [Fact]
    public void AFileIsToldByItsHintLongBeforeTheNextLook()
    {
        using var night = new DropNight(bounds: new() { LookEvery = TimeSpan.FromHours(1) });
        Bounded.Until(() => !night.Receiver.Ignored.IsDefault, "the first look");
        night.PutFile("index.html", "x");
        AreTold(night, "index.html LooseFiles");
        File.Delete(night.In("index.html"));
        AreTold(night);
    }

    [Fact]
    public void AHashFileOfAnArchiveIsNoLooseFile()
    {
        using var night = new DropNight(bounds: Often);
        var zip = ZipBuilder.Of(
            [.. DropNight.Package().Select(file => new ZipPart(file.Key, file.Value) { Method = 0 })]);
        night.PutFile("SHA256SUMS", $"{new string('1', 64)}  Q.zip\n");
        night.PutFile(
            "P.hash", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(zip)) + "\n");
        File.WriteAllBytes(night.In("P.zip"), zip);
        Assert.True(night.NextVerdict().Accepted);
        night.PutFile("index.html", "x");
        AreTold(night, "index.html LooseFiles");
    }

    [Fact]
    public void AFolderThatHoldsPackagesIsNoneOfThem()
    {
        using var night = new DropNight(bounds: Often);
        night.Put("PREP/20210606_2020_DIP", DropNight.Package());
        File.WriteAllText(night.In("PREP/20210606_2040_DIP.zip"), "x");
        AreTold(night, "PREP NotAPackage");
        night.PutWhole("20210606_2040_DIP", DropNight.Package("20:40"));
        Assert.Equal("20210606_2040_DIP", night.NextVerdict().Package);
        // With a file of its own it is a package like any other, and gets its verdict.
        night.PutFile("PREP/index.html", "x");
        Assert.Equal("PREP", night.NextVerdict().Package);
        AreTold(night);
    }

    [Fact]
    public void AFolderThatIsEmptyAtFirstIsADeliveryOnceItHasAFile()
    {
        using var night = new DropNight(bounds: Often);
        Directory.CreateDirectory(night.In("20210606_2020_DIP/bd"));
        Directory.CreateDirectory(night.In("vacia"));
        AreTold(night, "vacia NotAPackage");
        night.Put("20210606_2020_DIP", DropNight.Package());
        night.PutFile("vacia/a.html", "x");
        Assert.True(night.NextVerdictOn("20210606_2020_DIP").Accepted);
        AreTold(night);
    }

    [Fact]
    public void AWorkingNameIsNoNewsUntilNothingMoreIsExpected()
    {
        using var night = GivesUp(1500);
        night.PutFile("P.zip.filepart", "half");
        night.PutFile("P/index.html.part", "half");
        night.PutFile("notas.docx", "x");
        AreTold(night, "notas.docx NotAPackage");
        AreTold(night, "P Unfinished", "P.zip.filepart Unfinished", "notas.docx NotAPackage");
    }

    [Fact]
    public void ARestartFindsTheSameAgain()
    {
        using var night = new DropNight(bounds: Often);
        night.PutFile("index.html", "x");
        AreTold(night, "index.html LooseFiles");
        night.Restart();
        AreTold(night, "index.html LooseFiles");
    }

    [Fact]
    public void InATreeNothingIsNoDelivery()
    {
        using var night = GivesUp(60_000, DropLayout.Tree);
        night.Put("", DropNight.Package());
        night.PutFile("notas.docx.part", "x");
        Assert.True(night.NextVerdict().Accepted);
        Bounded.Until(() => !night.Receiver.Ignored.IsDefault, "the first look");
        Assert.Empty(Quiet(night));
    }

    [Fact]
    public void AFloodOfLooseFilesIsKnownUpToALimitAndTheGenuineCortePassesIt()
    {
        using var night = new DropNight(bounds: new()
            { Entries = 50, FirstLook = TimeSpan.FromMinutes(1), LookEvery = Often.LookEvery });
        night.Stop();
        for (var number = 0; number < 3000; number++) File.WriteAllText(night.In($"x{number:D4}.html"), "");
        night.Start();
        Assert.Equal(CrowdCause.Entries, night.Next<DropCrowd>().Change.Cause);
        for (var number = 3000; number < 6000; number++) File.WriteAllText(night.In($"x{number:D4}.html"), "");
        night.Put("20210606_2020_PREP", DropNight.Package());
        Assert.True(night.NextVerdict().Accepted);
        Bounded.Until(() => Quiet(night).Count() == 50, "as many entries as are known");
    }

    [Fact]
    public void AReloadWithTheOtherLayoutForgetsWhatLayLoose()
    {
        using var night = new DropNight(bounds: Often);
        night.PutFile("index.html", "x");
        AreTold(night, "index.html LooseFiles");
        var settings = night.Rules.Settings;
        night.Receiver.Apply(DropNight.RulesOf(settings with
            { Drop = settings.Drop with { Layout = DropLayout.Tree } }));
        Bounded.Until(() => Quiet(night).FirstOrDefault() is null, "nothing loose in a tree");
    }

    [Fact]
    public void PartsOfASiteBesideLooseFilesSayThatTheLayoutIsAnother()
    {
        using var night = new DropNight(bounds: Often);
        night.PutFile("index.html", "x");
        night.PutFile("SHA256SUMS", $"{DropNight.Hex("x")}  index.html\n");
        AreTold(night, "SHA256SUMS LooseFiles", "index.html LooseFiles");
        night.PutFile("css/sitio.css", "x");
        var verdict = night.NextVerdict();
        Assert.False(verdict.Accepted);
        Assert.Contains(verdict.Warnings, warning => warning.Code == "wrong-layout");
    }

    [Fact]
    public void APackageInATreeSaysThatTheLayoutIsAnother()
    {
        using var night = GivesUp(800, DropLayout.Tree);
        night.PutFile("20210606_2020_PREP.rar", "x");
        var verdict = night.NextVerdict();
        Assert.False(verdict.Accepted);
        Assert.Contains(verdict.Warnings, warning => warning.Code == "wrong-layout");
    }
}
