using Difusor.Agent.Packages.Archives;

namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>Zips whose directory and end record are not what they say, or have not come yet.</summary>
public sealed class ZipEndTests
{
    static readonly ZipPart Index = ZipPart.Index;

    [Fact]
    public void AZip64LocatorThatPointsOutside()
    {
        var zip = new ZipBuilder { LargeEnd = true }.Build(Index);
        zip[^30] = 1;
        zip[^31] = 1;
        Unpacked.BadZip(zip, "ZIP64 locator points outside");
    }

    [Fact]
    public void AZip64EndThatDisagrees()
    {
        var zip = new ZipBuilder { LargeEnd = true }.Build(Index);
        (zip[^14], zip[^13], zip[^12], zip[^11]) = (7, 0, 7, 0);
        Unpacked.BadZip(zip, "the two end records disagree");
    }

    [Fact]
    public void AZip64EndThatIsWrong()
    {
        byte[] Spoilt(int fromEnd, byte value)
        {
            var zip = new ZipBuilder { LargeEnd = true }.Build(Index);
            zip[^fromEnd] = value;
            return zip;
        }

        Unpacked.BadZip(Spoilt(26, 2), "several volumes"); // the locator: volumes in all
        Unpacked.BadZip(Spoilt(38, 1), "several volumes"); // the locator: where the record lies
        Unpacked.BadZip(Spoilt(98, 0), "no ZIP64 end record where its locator points"); // the record's signature
        Unpacked.BadZip(Spoilt(94, 45), "no ZIP64 end record where its locator points"); // its size
        Unpacked.BadZip(Spoilt(82, 1), "several volumes"); // its volume
        Unpacked.BadZip(Spoilt(74, 2), "several volumes"); // entries in this volume
        Unpacked.BadZip(Spoilt(50, 9), "does not reach up to the end record"); // where the directory begins
    }

    [Fact]
    public void EntriesAfterTheDirectory() =>
        Unpacked.BadZip(
            new ZipBuilder { AfterDirectory = ZipBuilder.Of(new ZipPart("b", "b"))[..34] }.Build(Index),
            "more follows the entries");

    [Fact]
    public void AnEntryThatPointsBehindTheDirectory() =>
        Unpacked.BadZip(ZipBuilder.Of(Index, new ZipPart("b", "b") { Start = 5000 }), "points behind");

    [Fact]
    public void FewerEntriesThanStated() =>
        Unpacked.BadZip(new ZipBuilder { EntryCount = 2 }.Build(Index), "fewer entries");

    [Fact]
    public void MoreEntriesThanStated() =>
        Unpacked.BadZip(new ZipBuilder { EntryCount = 1 }.Build(Index, new ZipPart("b", "b")), "more follows");

    [Fact]
    public void ADirectoryElsewhere() =>
        Unpacked.BadZip(new ZipBuilder { DirectoryStart = 5 }.Build(Index), "does not reach up to the end record");

    [Fact]
    public void TwoEndRecords()
    {
        var end = ZipBuilder.Of();
        Unpacked.BadZip(new ZipBuilder { Comment = end }.Build(Index), "two end records");
    }

    [Fact]
    public void ACommentIsNoHarm() =>
        Unpacked.Zip(new ZipBuilder { Comment = new byte[65535] }.Build(Index with { Comment = "hola" }))
        .IsGood("index.html");

    [Fact]
    public void BytesAfterTheEnd()
    {
        Unpacked.BadZip(new ZipBuilder { After = [1] }.Build(Index), "bytes follow the end");
        Unpacked.BadZip(new ZipBuilder { After = [0, 0, 1] }.Build(Index), "bytes follow the end");
        Unpacked.BadZip(
            new ZipBuilder { After = [.. new byte[5000], .. "<html>"u8] }.Build(Index), "bytes follow the end");
    }

    [Fact]
    public void ZerosAfterTheEndAreTheRestOfABuffer()
    {
        foreach (var zeros in (int[])[1, 2, 21, 22, 23, 42, 511, 65_535, 65_536, 70_000, ZeroPadding.Most - 22])
        {
            Unpacked.Zip(new ZipBuilder { After = new byte[zeros] }.Build(Index)).IsGood("index.html");
            Unpacked.Zip(new ZipBuilder { After = new byte[zeros], LargeEnd = true }.Build(Index with { Large = true }))
                .IsGood("index.html");
            Unpacked.Zip(new ZipBuilder { After = new byte[zeros], Comment = "hola"u8.ToArray() }.Build(Index))
                .IsGood("index.html");
        }
    }

    [Fact]
    public void MoreZerosThanAnyBufferHasMayBeAFileThatIsStillArriving()
    {
        Unpacked.Zip(new ZipBuilder { After = new byte[ZeroPadding.Most + 1] }.Build(Index)).IsNotWhole();
        var large = new byte[3 << 20];
        new Random(5).NextBytes(large);
        Unpacked.Zip(
            new ZipBuilder { After = new byte[2 << 20] }.Build(new ZipPart("a"u8.ToArray(), large) { Method = 0 }))
            .IsGood("a");
    }

    /// <summary>Some clients take the room for the whole file before they send it.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void AZipThatStillArrivesIntoZerosAndHoldsAZip(bool large)
    {
        var inner = new ZipBuilder { LargeEnd = large }.Build(new ZipPart("b", "b"));
        var outer = ZipBuilder.Of(new ZipPart("a.zip"u8.ToArray(), inner) { Method = 0 }, Index);
        Unpacked.Zip(outer).IsGood("a.zip", "index.html");
        for (var come = 35 + inner.Length; come < outer.Length - 22; come += 7)
            Unpacked.Zip([.. outer[..come], .. new byte[outer.Length - come]]).IsNotWhole();
    }

    [Fact]
    public void AZip64OfNoVolumesAsOneDriveWritesIt() =>
        Unpacked.Zip(new ZipBuilder { LargeEnd = true, Volumes = 0 }.Build(Index)).IsGood("index.html");

    [Theory]
    [InlineData(1), InlineData(10), InlineData(22), InlineData(60), InlineData(100)]
    public void AZipThatStillArrives(int missing) =>
        Unpacked.Zip(ZipBuilder.Of(Index, new ZipPart("b", "b"))[..^missing]).IsNotWhole();

    [Fact]
    public void AZipOfWhichNothingHasArrived() => Unpacked.Zip([]).IsNotWhole();

    [Fact]
    public void AZipThatStillArrivesAndHoldsAZip()
    {
        var inner = ZipBuilder.Of(new ZipPart("b", "b"));
        Unpacked.Zip(ZipBuilder.Of(Index, new ZipPart("a.zip"u8.ToArray(), inner) { Method = 0 })[..^80]).IsNotWhole();
    }

    [Fact]
    public void NoZipAtAll() =>
        Unpacked.BadZip("<html>not a zip, but an error page that a proxy sent</html>"u8.ToArray(), "not a zip");

    [Fact]
    public void AnEmptyZipHoldsNothing() => Unpacked.Zip(ZipBuilder.Of()).IsGood();

    [Fact]
    public void AZipInVolumes()
    {
        Unpacked.BadZip(new ZipBuilder { Disk = 1 }.Build(Index), "several volumes");
        Unpacked.BadZip(ZipBuilder.Of(Index with { Disk = 1 }), "several volumes");
    }
}
