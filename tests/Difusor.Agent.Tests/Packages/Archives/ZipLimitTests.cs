namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>Zips that are too much: files, bytes, findings, bombs.</summary>
public sealed class ZipLimitTests
{
    static readonly ZipPart Index = ZipPart.Index;

    [Fact]
    public void ManyFindingsAreNamedTogether()
    {
        var unpacked = Unpacked.Zip(
            ZipBuilder.Of(new ZipPart("../a", "a"), new ZipPart("/b", "b"), new ZipPart("c\\d", "c"), Index));
        Assert.Equal(["../a", "/b", "c\\d"], unpacked.Result.Findings.Select(finding => finding.Path));
        Assert.Equal(["index.html"], unpacked.Paths);
        Assert.False(unpacked.Result.Stopped);
    }

    [Fact]
    public void FindingsWithoutEnd()
    {
        var unpacked =
            Unpacked.Zip(ZipBuilder.Of([.. Enumerable.Range(0, 3000).Select(i => new ZipPart($"../{i}", "a"))]));
        Assert.Equal(1000, unpacked.Result.Findings.Length);
        Assert.True(unpacked.Result.Stopped);
    }

    [Fact]
    public void TooManyFiles()
    {
        var limits = new LimitSettings { Files = 2 };
        Unpacked.Zip(ZipBuilder.Of(Index, new ZipPart("b", "b"), new ZipPart("c", "c")), limits)
            .IsRefused(ReasonCode.TooManyFiles, "more than 2 files");
        Unpacked.Zip(ZipBuilder.Of(Index, new ZipPart("a/b/c/"), new ZipPart("d", "d")), limits)
            .IsRefused(ReasonCode.TooManyFiles, "more than 2 folders");
        Unpacked.Zip(
            new ZipBuilder { LargeEnd = true, EntryCount = int.MaxValue }.Build(Index),
            limits with { Files = 2 }).IsRefused(ReasonCode.BadArchive, "more entries than");
        Unpacked.Zip(new ZipBuilder { EntryCount = 40_000 }.Build(Index), limits)
            .IsRefused(ReasonCode.TooManyFiles, "40000 entries");
    }

    [Fact]
    public void AFileOrAPackageTooLarge()
    {
        var limits = new LimitSettings { FileSize = 10, PackageSize = 15 };
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("a", new string('a', 11))), limits)
            .IsRefused(ReasonCode.FileTooLarge, "11 bytes");
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("a", new string('a', 10)), new ZipPart("b", new string('b', 6))), limits)
            .IsRefused(ReasonCode.PackageTooLarge, "more than 15");
        Unpacked.Zip(
            ZipBuilder.Of(Index with { Large = true, Size = long.MaxValue, PackedSize = 17 }),
            new LimitSettings { FileSize = long.MaxValue })
            .IsRefused(ReasonCode.PackageTooLarge, "more than");
    }

    [Fact]
    public void ABombIsRefusedBeforeAByteIsInflated()
    {
        var unpacked = Unpacked.Zip(ZipBuilder.Of(new ZipPart("a"u8.ToArray(), new byte[11 << 20])));
        unpacked.IsRefused(ReasonCode.CompressionBomb, "more than 200 to 1");
        Assert.Empty(unpacked.Paths);
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("a"u8.ToArray(), new byte[9 << 20]))).IsGood("a");
    }

    [Fact]
    public void ABombThatStatesASmallSize()
    {
        var unpacked = Unpacked.Zip(ZipBuilder.Of(new ZipPart("a"u8.ToArray(), new byte[50 << 20]) { Size = 1000 }));
        unpacked.IsRefused(ReasonCode.BadArchive, "longer than stated");
        Assert.Empty(unpacked.Paths);
    }
}
