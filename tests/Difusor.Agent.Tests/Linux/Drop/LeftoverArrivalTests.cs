using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Verification;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// What transfers and systems leave in a delivery, against the real receiving thread: it is never published, and is in
/// nobody's way.
/// </summary>
public sealed class LeftoverArrivalTests
{
    const string Name = "20210606_2020_PREP";

    /// <summary>What one interrupted transfer leaves, by the tool; <c>dip/001.html</c> is a page.</summary>
    static readonly string[] Left =
    [
        "dip/001.html.filepart", "dip/.001.html.Ab12Cd", "dip/.rsync-tmp/001.html", "dip/.~tmp~/001.html",
        ".rsync-partial/001.html", "dip/.in.001.html.", "dip/001.html.lftp-pget-status", "dip/001.html.lftp",
        "dip/001.html.1a2b3c4d.partial", "dip/001.html-7b7d0c3e", "dip/001.html.part", "dip/001.html~",
        "dip/001.html.subida", "dip/tmp_001.html", "SHA256SUMS.tmp", "SHA256SUMS.x7", "dip/.pureftpd-upload.5.1",
        "dip/Thumbs.db", "__MACOSX/dip/._001.html", "dip/~$001.html",
    ];

    public static TheoryData<string> Leftovers => [.. Left];

    static DropNight Night(DropLayout layout, Func<Settings, Settings>? change = null, int giveUp = 60_000) => new(
        settings => (change ?? (same => same))(settings with
        {
            Drop = settings.Drop with { Layout = layout, GiveUp = TimeSpan.FromMilliseconds(giveUp) },
        }),
        DropNight.OftenLookedAt);

    static SortedDictionary<string, string> Package(string hour = "20:20") => DropNight.Package(hour, pages: 3);

    /// <summary>The same package, whose HASH lists one file more.</summary>
    static SortedDictionary<string, string> With(string path, string text)
    {
        var package = Package();
        package["SHA256SUMS"] += $"{DropNight.Hex(text)}  {path}\n";
        package[path] = text;
        return package;
    }

    static DeliveryJudged Accepted(DropNight night, string hour = "20:20")
    {
        var judged = night.Next<DeliveryJudged>();
        Assert.True(judged.Verdict.Accepted, string.Join(' ', judged.Verdict.Reasons));
        Assert.Equal($"2021-06-06T{hour}:00-06:00", judged.Verdict.Corte?.ToString());
        return judged;
    }

    static void IsPublishedExactly(DropNight night, DeliveryJudged judged, IEnumerable<string> paths)
    {
        night.Publish(judged);
        var top = Path.Combine(night.State, "public/current") + "/";
        Assert.Equal(
            paths, Directory.EnumerateFiles(top, "*", new EnumerationOptions
            {
                RecurseSubdirectories = true, AttributesToSkip = 0,
            }).Select(path => path[top.Length..]).Order(StringComparer.Ordinal));
    }

    static IEnumerable<string> Told(Verdict verdict) =>
        verdict.Warnings.Where(warning => warning.Code is "leftover" or "litter").Select(warning => warning.Path!);

    [Theory, MemberData(nameof(Leftovers))]
    public void InATreeOneInterruptedTransferBlocksNoLaterCorte(string left)
    {
        using var night = Night(DropLayout.Tree);
        night.Put("", Package());
        IsPublishedExactly(night, Accepted(night), Package().Keys);
        night.PutFile(left, "half a page");
        foreach (var hour in new[] { "20:40", "21:00" })
        {
            night.Put("", Package(hour));
            DeliveryJudged judged;
            // What is told by rule and not by its name makes the corte be judged again, which changes nothing.
            do judged = night.Next<DeliveryJudged>();
            while (judged.Verdict is { Accepted: true, Corte: { } corte } && corte.At.ToString("HH:mm", null) != hour);
            Assert.True(judged.Verdict.Accepted, string.Join(' ', judged.Verdict.Reasons));
            if (!left.StartsWith('.')) Assert.Equal([left], Told(judged.Verdict));
            IsPublishedExactly(night, judged, Package().Keys);
        }
    }

    [Theory, MemberData(nameof(Leftovers))]
    public void APackageWithALeftoverIsAcceptedAndPublishedWithoutIt(string left)
    {
        using var night = Night(DropLayout.Packages);
        night.PutWhole(Name, Package().Append(new(left, "half a page")));
        var judged = Accepted(night);
        Assert.Equal([left], Told(judged.Verdict));
        Assert.Equal(Package().Count, judged.Verdict.Files);
        IsPublishedExactly(night, judged, Package().Keys);
    }

    [Theory, InlineData(-3600), InlineData(3600)]
    public void ALeftoverMayBeOlderOrNewerThanTheFile(int seconds)
    {
        using var night = Night(DropLayout.Packages);
        night.PutFile(".arriving/dip/001.html-7b7d0c3e", "half a page");
        night.PutFile(".arriving/dip/002.html.part", "half a page");
        foreach (var path in Directory.GetFiles(night.In(".arriving/dip")))
            File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(seconds));
        night.PutWhole(Name, Package());
        var judged = Accepted(night);
        Assert.Equal(["dip/001.html-7b7d0c3e", "dip/002.html.part"], Told(judged.Verdict));
        IsPublishedExactly(night, judged, Package().Keys);
    }

    [Theory]
    [InlineData("bd/actas.tmp"), InlineData("dip/001.html~"), InlineData("dip/001.html-2"), InlineData("Thumbs.db")]
    public void WhatAHashListsIsAFileWhateverItsName(string path)
    {
        foreach (var isListFirst in new[] { true, false })
        {
            using var night = Night(DropLayout.Packages);
            var package = With(path, "one file more");
            night.PutFile(isListFirst ? $"{Name}/SHA256SUMS" : $"{Name}/{path}", isListFirst
                ? package["SHA256SUMS"] : package[path]);
            night.Put(Name, package);
            var judged = Accepted(night);
            Assert.Empty(Told(judged.Verdict));
            IsPublishedExactly(night, judged, package.Keys);
        }
    }

    [Fact]
    public void WhatAHashInAFolderListsIsAFileToo()
    {
        using var night = Night(DropLayout.Packages);
        var package = Package();
        package["dip/copia.tmp"] = "one file more";
        package["dip/SHA256SUMS"] = $"{DropNight.Hex("one file more")}  copia.tmp\n";
        night.PutWhole(Name, package);
        IsPublishedExactly(night, Accepted(night), package.Keys);
    }

    [Fact]
    public void AListedFileWithTheNameOfALeftoverIsMissedWhereItsBytesAreOthers()
    {
        using var night = Night(DropLayout.Packages, giveUp: 800);
        var package = With("bd/actas.tmp", "one file more");
        package["bd/actas.tmp"] = "other bytes";
        night.PutWhole(Name, package);
        Assert.Equal(["digest-mismatch"], DropNight.Codes(night.NextVerdict()));
    }

    [Fact]
    public void ALeftoverThatItsSenderHoldsOpenKeepsNobodyWaiting()
    {
        using var night = Night(DropLayout.Tree);
        Directory.CreateDirectory(night.In("dip"));
        using var named = File.Create(night.In("dip/000.html.part"));
        using var ruled = File.Create(night.In("dip/001.html-7b7d0c3e"));
        ruled.Write("half"u8);
        ruled.Flush();
        night.Put("", Package());
        var judged = Accepted(night);
        Assert.Equal(["dip/000.html.part", "dip/001.html-7b7d0c3e"], Told(judged.Verdict));
        IsPublishedExactly(night, judged, Package().Keys);
    }

    [Fact]
    public void ALeftoverThatBecomesTheFileIsTheFile()
    {
        using var night = Night(DropLayout.Tree);
        var package = Package();
        night.PutFile("dip/001.html.filepart", package["dip/001.html"]);
        night.Put("", package.Where(file => file.Key != "dip/001.html"));
        Assert.Equal(["dip/001.html"], night.Next<DeliveryStalls>().Awaited.Names);
        File.Move(night.In("dip/001.html.filepart"), night.In("dip/001.html"));
        IsPublishedExactly(night, Accepted(night), package.Keys);
    }

    [Fact]
    public void TheOperatorsNamesAreLeftoversAfterAReload()
    {
        using var night = Night(DropLayout.Packages, giveUp: 800);
        night.PutWhole(Name, Package().Append(new("dip/X1.bloqueo", "x")));
        Assert.Equal(["uncovered-file"], DropNight.Codes(night.NextVerdict()));
        var settings = night.Rules.Settings;
        night.Receiver.Apply(DropNight.RulesOf(settings with
        {
            Drop = settings.Drop with { Leftovers = new LeftoverNames(["*.bloqueo"]) },
        }));
        night.PutWhole("20210606_2040_PREP", Package("20:40").Append(new("dip/X1.bloqueo", "x")));
        for (var verdict = night.NextVerdict(); ; verdict = night.NextVerdict())
            if (verdict.Package == "20210606_2040_PREP")
            {
                Assert.True(verdict.Accepted, string.Join(' ', verdict.Reasons));
                Assert.Equal(["dip/X1.bloqueo"], Told(verdict));
                return;
            }
    }

    [Theory, InlineData("dip/001.html.part"), InlineData("__MACOSX/x"), InlineData("dip/001.html-7b7d0c3e")]
    public void ALinkAndAFifoAreNoLeftovers(string path)
    {
        using var night = Night(DropLayout.Packages, giveUp: 800);
        foreach (var isLink in new[] { true, false })
        {
            var name = isLink ? Name : "20210606_2040_PREP";
            night.Put(".arriving", Package(isLink ? "20:20" : "20:40"));
            var at = night.In($".arriving/{path}");
            Directory.CreateDirectory(Path.GetDirectoryName(at)!);
            if (isLink) File.CreateSymbolicLink(at, "/etc/passwd");
            else Assert.Equal(0, Syscall.mkfifo(at, FilePermissions.DEFFILEMODE));
            Directory.Move(night.In(".arriving"), night.In(name));
            Assert.Equal(["unsafe-type"], DropNight.Codes(night.NextVerdictOn(name)));
        }
    }

    [Fact]
    public void AnUncoveredPageIsNotSmuggledInByALeftoverThatListsIt()
    {
        using var night = Night(DropLayout.Packages, giveUp: 800);
        var list = $"{DropNight.Hex("evil")}  evil.html\n";
        night.PutWhole(Name, Package().Append(new("evil.html", "evil")).Append(new(".in.OTRA.hash", list))
            .Append(new("SHA256SUMS.tmp", list)).Append(new(".rsync-partial/SHA256SUMS", list)));
        var verdict = night.NextVerdict();
        Assert.Equal(["uncovered-file evil.html"], verdict.Reasons.Select(reason => $"{reason.Code} {reason.Path}"));
    }

    [Fact]
    public void LeftoversThatAreReadCountAgainstTheLimitsAndThoseThatAreNotAreNeverRead()
    {
        var most = Package().Count + 2;
        using var night = Night(DropLayout.Packages, settings => settings with
            { Limits = settings.Limits with { Files = most, FileSize = 1000 } }, giveUp: 800);
        night.PutWhole(Name, Package().Concat(Enumerable.Range(0, 20).Select(number =>
            KeyValuePair.Create($"dip/001.html.{number}.partial", new string('x', 2000)))));
        var judged = Accepted(night);
        Assert.Equal(20, Told(judged.Verdict).Count());
        IsPublishedExactly(night, judged, Package().Keys);
        night.PutWhole("20210606_2040_PREP", Package("20:40").Concat(Enumerable.Range(0, 20).Select(number =>
            KeyValuePair.Create($"dip/001.html-{number}", "x"))));
        Assert.Contains("too-many-files", DropNight.Codes(night.NextVerdictOn("20210606_2040_PREP")));
    }

    [Fact]
    public void WithWhatWasKeptLongEnoughItsLeftoversGo()
    {
        using var night = Night(DropLayout.Packages, settings => settings with
            { Drop = settings.Drop with { Keep = TimeSpan.FromMilliseconds(300) } });
        night.PutWhole(Name, Package().Append(new("dip/001.html.part", "x")).Append(new("__MACOSX/._x", "x")));
        night.Publish(Accepted(night));
        Bounded.Until(() => !Directory.Exists(night.In(Name)), "nothing left of the delivery");
    }

    [Fact]
    public void ALeftoverAloneIsNoNewDelivery()
    {
        using var night = Night(DropLayout.Packages);
        night.PutWhole(Name, Package());
        night.Publish(Accepted(night));
        night.PutFile($"{Name}/dip/001.html.part", "x");
        night.PutFile("20210606_2030_PREP/dip/001.html.part", "x");
        night.PutWhole("20210606_2040_PREP", Package("20:40"));
        Assert.Equal("20210606_2040_PREP", night.Next<DeliveryArrives>().Delivery);
        Accepted(night, "20:40");
    }
}
