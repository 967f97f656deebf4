using System.IO.Compression;
using Difusor.Agent.Packages.Archives;

namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>The gzip around a tar: its members, its end, and bombs.</summary>
public sealed class GzipTests
{
    static readonly byte[] Tar = new TarBuilder().File("a", new string('a', 70_000)).File("b", Noise(100_000)).End();

    static string Noise(int length)
    {
        var random = new Random(7);
        return string.Create(
            length, random, static (text, random) =>
            { for (var i = 0; i < text.Length; i++) text[i] = (char)random.Next(32, 127); });
    }

    static void Refused(byte[] gzip, string detail) => Unpacked.TarGz(gzip).IsRefused(ReasonCode.BadArchive, detail);

    [Theory]
    [InlineData(CompressionLevel.Fastest), InlineData(CompressionLevel.Optimal),
        InlineData(CompressionLevel.NoCompression)]
    public void EveryLevel(CompressionLevel level) => Unpacked.TarGz(TarBuilder.Gzip(Tar, level)).IsGood("a", "b");

    [Theory]
    [InlineData(1), InlineData(7), InlineData(512), InlineData(8184), InlineData(8200), InlineData(65_536),
        InlineData(100_003)]
    public void MembersOfAnySize(int size) =>
        Unpacked.TarGz(
            [.. Tar.Take(size < 512 ? 2000 * size : int.MaxValue).Chunk(size).SelectMany(part => TarBuilder.Gzip(part)),
            .. size < 512 ? TarBuilder.Gzip(Tar[(2000 * size)..]) : []])
            .IsGood("a", "b");

    [Fact]
    public void AMemberOfNothing() =>
        Unpacked.TarGz([.. TarBuilder.Gzip([]), .. TarBuilder.Gzip(Tar), .. TarBuilder.Gzip([])]).IsGood("a", "b");

    [Fact]
    public void BytesBetweenMembers()
    {
        byte[] first = TarBuilder.Gzip(Tar[..70_000]), second = TarBuilder.Gzip(Tar[70_000..]),
        none = TarBuilder.Gzip([]);
        for (var more = 1; more < 30; more++)
        {
            Refused([.. first, .. new byte[more], .. second], "bytes follow the end");
            Refused([.. first, .. none, .. new byte[more], .. second], "bytes follow the end");
        }
    }

    [Theory]
    [InlineData(4), InlineData(8), InlineData(16), InlineData(2), InlineData(30)]
    public void EveryFieldOfTheHeader(int flags)
    {
        var plain = TarBuilder.Gzip(Tar);
        List<byte> header = [.. plain[..10]];
        header[3] = (byte)flags;
        if ((flags & 4) != 0) header.AddRange([3, 0, 1, 2, 3]);
        if ((flags & 8) != 0) header.AddRange("paquete.tar\0"u8);
        if ((flags & 16) != 0) header.AddRange("comentario\0"u8);
        var sum = (ushort)System.IO.Hashing.Crc32.HashToUInt32(header.ToArray());
        if ((flags & 2) != 0) header.AddRange(BitConverter.GetBytes(sum));
        Unpacked.TarGz([.. header, .. plain[10..]]).IsGood("a", "b");
        if ((flags & 2) == 0) return;
        header[^1] ^= 1;
        Refused([.. header, .. plain[10..]], "header that does not match its CRC");
    }

    [Fact]
    public void AHeaderWithoutAnEnd()
    {
        var plain = TarBuilder.Gzip(Tar);
        plain[3] = 8;
        Refused([.. plain[..10], .. Enumerable.Repeat((byte)'n', 70_000), 0, .. plain[10..]], "without an end");
        plain[3] = 0x80;
        Refused(plain, "reserved flags");
    }

    [Fact]
    public void BytesAfterTheEnd()
    {
        var gzip = TarBuilder.Gzip(Tar);
        for (var more = 1; more < 40; more++)
            Refused([.. gzip, .. new byte[more - 1], 1], "bytes follow the end");
        Refused([.. gzip, .. new byte[100_000], 1], "bytes follow the end");
        Refused([.. gzip, .. "<html>"u8], "bytes follow the end");
    }

    /// <summary>Also where the trailer, or the compressed data, end in zeros of their own.</summary>
    [Fact]
    public void ZerosAfterTheEndAreThePaddingOfATape()
    {
        foreach (var level in (CompressionLevel[])[CompressionLevel.Optimal, CompressionLevel.NoCompression])
        {
            byte[][] whole =
            [
                TarBuilder.Gzip(Tar, level), [.. TarBuilder.Gzip(Tar, level), .. TarBuilder.Gzip([])],
                [.. TarBuilder.Gzip(Tar[..70_000], level), .. TarBuilder.Gzip(Tar[70_000..], level)],
            ];
            foreach (var gzip in whole)
                foreach (var zeros in (int[])[.. Enumerable.Range(1, 30), 511, 8192, 65_536, 100_000, (1 << 20) - 30])
                    Unpacked.TarGz([.. gzip, .. new byte[zeros]]).IsGood("a", "b");
        }
        Refused([.. TarBuilder.Gzip(Tar), .. new byte[(1 << 20) + 1]], "bytes follow the end");
    }

    [Fact]
    public void AGzipThatStillArrivesIntoZerosIsNotGood()
    {
        var gzip = TarBuilder.Gzip(Tar);
        for (var come = 0; come < gzip.Length - 8; come += 997)
            Assert.NotEmpty(Unpacked.TarGz([.. gzip[..come], .. new byte[gzip.Length - come]]).Result.Findings);
    }

    /// <summary>
    /// SharpZipLib and others write one or none. Without the gzip around it nothing shows that no more comes.
    /// </summary>
    [Fact]
    public void OneZeroBlockOrNoneIsEnoughWhereTheGzipIsWhole()
    {
        var none = new TarBuilder().File("a").NoEnd();
        Unpacked.TarGz(TarBuilder.Gzip(none)).IsGood("a");
        Unpacked.TarGz(TarBuilder.Gzip(none[..^1])).IsNotWhole();
        Unpacked.TarGz(TarBuilder.Gzip(none[..512])).IsNotWhole();
        Unpacked.TarGz(TarBuilder.Gzip(none)[..^1]).IsNotWhole();
        Unpacked.TarGz(TarBuilder.Gzip([])).IsNotWhole();
        Unpacked.Tar(none).IsNotWhole();
        Refused(TarBuilder.Gzip(new TarBuilder().File("a").LongName("b").NoEnd()), "without an entry after it");
        var tar = new TarBuilder().File("a").End(blocks: 1);
        Unpacked.TarGz(TarBuilder.Gzip(tar)).IsGood("a");
        Unpacked.TarGz(TarBuilder.Gzip([.. tar, .. new byte[100]])).IsGood("a");
        Unpacked.Tar(tar).IsNotWhole();
        Unpacked.TarGz(TarBuilder.Gzip(tar)[..^1]).IsNotWhole();
        Refused(TarBuilder.Gzip([.. tar, .. new TarBuilder().File("b").End()]), "bytes follow the end of the tar");
        Refused(TarBuilder.Gzip([.. tar, 1]), "bytes follow the end of the tar");
    }

    [Fact]
    public void AGzipThatStillArrives()
    {
        var gzip = TarBuilder.Gzip(Tar);
        for (var length = 0; length < gzip.Length; length += 997) Unpacked.TarGz(gzip[..length]).IsNotWhole();
        for (var missing = 1; missing < 40; missing++) Unpacked.TarGz(gzip[..^missing]).IsNotWhole();
        for (var length = 1; length < 18; length++)
            Unpacked.TarGz([.. gzip, .. TarBuilder.Gzip([])[..length]]).IsNotWhole();
    }

    [Fact]
    public void AWholeGzipOfATarThatStops() => Unpacked.TarGz(TarBuilder.Gzip(Tar[..^700])).IsNotWhole();

    [Fact]
    public void AWrongTrailer()
    {
        foreach (var at in (int[])[1, 4, 5, 8])
        {
            var gzip = TarBuilder.Gzip(Tar);
            gzip[^at] ^= 1;
            Refused(gzip, "do not match their CRC-32 or size");
            Refused([.. gzip, .. TarBuilder.Gzip([])], "do not match their CRC-32 or size");
        }
    }

    [Fact]
    public void DamagedData()
    {
        var gzip = TarBuilder.Gzip(Tar);
        gzip[10] = 0xff;
        Refused(gzip, "gzip data are damaged");
        Refused(Tar, "not a gzip file");
    }

    [Fact]
    public void AFlatBomb()
    {
        var tar = new TarBuilder().Entry("a"u8.ToArray(), '0', new byte[30 << 20]).End();
        var unpacked = Unpacked.TarGz(TarBuilder.Gzip(tar));
        unpacked.IsRefused(ReasonCode.CompressionBomb, "more than 200 to 1");
        Assert.Empty(unpacked.Paths);
        Unpacked.TarGz(TarBuilder.Gzip(tar), new LimitSettings { CompressionRatio = 2000 }).IsGood("a");
    }

    [Fact]
    public void ABombOfPadding() =>
        Unpacked.TarGz(TarBuilder.Gzip([.. Tar, .. new byte[40 << 20]]))
        .IsRefused(ReasonCode.BadArchive, "zeros follow");

    [Fact]
    public void ABombOfEmptyMembers()
    {
        var empty = TarBuilder.Gzip([]);
        var gzip = Enumerable.Repeat(empty, 1001).SelectMany(member => member).ToArray();
        Unpacked.TarGz(gzip, new LimitSettings { Files = 1000 }).IsRefused(ReasonCode.BadArchive, "gzip members");
    }

    [Fact]
    public void ABombInABombStaysShut()
    {
        var bomb = TarBuilder.Gzip(new byte[30 << 20]);
        Unpacked.TarGz(TarBuilder.Gzip(new TarBuilder().Entry("bomb.gz"u8.ToArray(), '0', bomb).End()))
            .IsGood("bomb.gz");
    }

    [Fact]
    public void ABombNeverFillsTheMemory()
    {
        var sink = new CountingSink();
        var tar = new TarBuilder().Entry("a"u8.ToArray(), '0', new byte[60 << 20]).End();
        var gzip = new MemoryStream(TarBuilder.Gzip(tar));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Archive.Unpack(PackageForm.TarGz, gzip, new LimitSettings(), sink);
        Assert.InRange(sink.Bytes, 1, 21 << 20);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }
}
