namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>Zips whose entries lie about where they are, how large, or how they are packed.</summary>
public sealed class ZipEntryTests
{
    static readonly ZipPart Index = ZipPart.Index;

    [Theory]
    [InlineData(0), InlineData(12), InlineData(16), InlineData(20), InlineData(24)]
    public void EveryFormOfDataDescriptorIsRead(int descriptor)
    {
        foreach (var method in (ushort[])[0, 8])
            Unpacked.Zip(
                ZipBuilder.Of(
                Index with { Descriptor = descriptor, Method = method, Large = descriptor >= 20 },
                new ZipPart("b", "b"))).IsGood("index.html", "b");
    }

    [Fact]
    public void ADataDescriptorThatDisagrees() =>
        Unpacked.BadZip(ZipBuilder.Of(Index with { Descriptor = 16, DescriptorCrc = 1 }), "data descriptor disagrees");

    [Fact]
    public void ADataDescriptorThatIsNotThere()
    {
        var next = Index with { Name = "b"u8.ToArray() };
        Unpacked.BadZip(ZipBuilder.Of(Index with { Flags = 8, LocalSize = 0 }, next), "disagree on size or CRC");
        Unpacked.BadZip(ZipBuilder.Of(Index with { Flags = 8 }, next with { Before = [0] }), "no data descriptor fits");
    }

    /// <summary>The flag alone adds no bytes, and the local header says the same without it.</summary>
    [Fact]
    public void TheFlagOfADataDescriptorIsNoHarmWhereNoneIsNeeded()
    {
        var next = Index with { Name = "b"u8.ToArray() };
        Unpacked.Zip(ZipBuilder.Of(Index with { Flags = 8 }, next)).IsGood("b", "index.html");
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("c/") { Flags = 8, Method = 0 }, Index)).IsGood("index.html");
        Unpacked.Zip(ZipBuilder.Of(Index with { LocalFlags = 8 }, next)).IsGood("b", "index.html");
        Unpacked.Zip(ZipBuilder.Of(Index with { CentralFlags = 0, Descriptor = 16 }, next)).IsGood("b", "index.html");
        Unpacked.Zip(ZipBuilder.Of(Index with { LocalFlags = 0, Descriptor = 16 }, next)).IsGood("b", "index.html");
        Unpacked.BadZip(
            ZipBuilder.Of(Index with { LocalFlags = 0, CentralFlags = 0, Descriptor = 16 }, next),
            "disagree on size or CRC");
    }

    [Theory, InlineData(0), InlineData(-1)]
    public void ASizeThatIsStatedLaterIsZeroOrHasAllBits(long stated) =>
        Unpacked.Zip(
            ZipBuilder.Of(Index with { Descriptor = 24, Large = true, LaterSize = stated }, new ZipPart("b", "b")))
            .IsGood("b", "index.html");

    [Fact]
    public void ASizeThatIsStatedLaterIsNoOther() =>
        Unpacked.BadZip(
            ZipBuilder.Of(Index with { Descriptor = 24, Large = true, LaterSize = 5 }), "disagree on size or CRC");

    [Theory, InlineData(1 << 11, 0), InlineData(0, 1 << 11)]
    public void TheUtf8FlagInOneHeaderChangesNothingOfANameInAscii(int local, int central)
    {
        var part = Index with { LocalFlags = (ushort)local, CentralFlags = (ushort)central };
        Unpacked.Zip(ZipBuilder.Of(part)).IsGood("index.html");
        Unpacked.BadZip(ZipBuilder.Of(part with { Name = "ñ"u8.ToArray() }), "disagree on flags");
    }

    [Fact]
    public void ExtraDataFilledUpWithZeros() =>
        Unpacked.Zip(ZipBuilder.Of(Index with { Extra = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] })).IsGood("index.html");

    [Fact]
    public void ADataDescriptorWithoutItsSignature() =>
        Unpacked.BadZip(
            ZipBuilder.Of(Index with { Flags = 8 }, Index with { Name = "b"u8.ToArray(), Before = new byte[16] }),
            "no data descriptor after");

    [Fact]
    public void Zip64IsRead() =>
        Unpacked.Zip(new ZipBuilder { LargeEnd = true }.Build(Index with { Large = true }, new ZipPart("b", "b")))
        .IsGood("index.html", "b");

    [Fact]
    public void AZip64FieldThatIsMissing()
    {
        var zip = ZipBuilder.Of(Index with { Large = true });
        for (var i = 0; i < zip.Length - 4; i++)
            if (zip[i..(i + 4)] is [1, 0, 16 or 24, 0]) zip[i] = 9;
        Unpacked.BadZip(zip, "ZIP64 size or offset is missing");
    }

    [Fact]
    public void HeadersThatAreNone()
    {
        var zip = ZipBuilder.Of(Index, new ZipPart("b", "b"));
        var second = zip.AsSpan().LastIndexOf("PK\x03\x04"u8);
        zip[second + 3] = 5;
        Unpacked.BadZip(zip, "no entry where the central directory points");
        zip = ZipBuilder.Of(Index, new ZipPart("b", "b"));
        zip[zip.AsSpan().LastIndexOf("PK\x01\x02"u8) + 3] = 5;
        Unpacked.BadZip(zip, "no entry where the central directory should have one");
    }

    [Fact]
    public void TheSameExtraFieldTwice()
    {
        Unpacked.BadZip(ZipBuilder.Of(Index with { Large = true, Extra = [1, 0, 0, 0] }), "the same extra field twice");
        Unpacked.BadZip(
            ZipBuilder.Of(Index with { Extra = [0x75, 0x70, 0, 0, 0x75, 0x70, 0, 0] }), "the same extra field twice");
    }

    [Fact]
    public void SizesLargerThanTheContents() =>
        Unpacked.BadZip(ZipBuilder.Of(Index with { Size = 4000 }), "shorter than stated");

    [Fact]
    public void SizesSmallerThanTheContents() =>
        Unpacked.BadZip(ZipBuilder.Of(Index with { Size = 4 }), "longer than stated");

    [Fact]
    public void AStoredEntryWithTwoSizes() =>
        Unpacked.BadZip(ZipBuilder.Of(Index with { Method = 0, Size = 4 }), "stored, but with two sizes");

    [Fact]
    public void AWrongCrc() => Unpacked.BadZip(ZipBuilder.Of(Index with { Crc = 1 }), "do not match their CRC-32");

    [Fact]
    public void BytesHiddenBehindTheCompressedData() =>
        Unpacked.BadZip(
            ZipBuilder.Of(Index with { Packed = [.. ZipBuilder.Deflate(Index.Contents), 0] }),
            "bytes follow the compressed contents");

    [Fact]
    public void CompressedDataThatIsCutOff() =>
        Unpacked.BadZip(ZipBuilder.Of(Index with { Packed = ZipBuilder.Deflate(Index.Contents)[..^1] }), "cut off");

    [Fact]
    public void CompressedDataWithoutALastBlock() =>
        Unpacked.BadZip(ZipBuilder.Of(new ZipPart("a", "ab") { Packed = [0, 2, 0, 0xfd, 0xff, .. "ab"u8] }), "cut off");

    [Fact]
    public void CompressedDataThatIsDamaged() =>
        Unpacked.BadZip(
            ZipBuilder.Of(Index with { Packed = [0xff, .. ZipBuilder.Deflate(Index.Contents)] }), "damaged");

    [Fact]
    public void AnEntryThatReachesIntoTheNext() =>
        Unpacked.BadZip(
            ZipBuilder.Of(Index with { Method = 0, Size = 40, PackedSize = 40 }, new ZipPart("b", "b")),
            "overlaps another one");

    [Fact]
    public void TwoEntriesOfTheSameBytes() =>
        Unpacked.BadZip(
            ZipBuilder.Of(Index, Index with { Name = "b"u8.ToArray(), SameStartAs = 0 }), "overlaps another one");

    [Fact]
    public void AnEntryInsideAnother()
    {
        var inner = ZipBuilder.Of(new ZipPart("b", "b"))[..40];
        Unpacked.BadZip(
            ZipBuilder.Of(
            new ZipPart("a"u8.ToArray(), inner) { Method = 0 },
            new ZipPart("b", "b") { SameStartAs = 0, Start = 31 }), "overlaps another one");
    }

    [Fact]
    public void BytesBetweenEntries() =>
        Unpacked.BadZip(ZipBuilder.Of(Index, new ZipPart("b", "b") { Before = [1, 2, 3] }), "belong to no entry");

    [Fact]
    public void BytesBeforeTheFirstEntry() =>
        Unpacked.BadZip(ZipBuilder.Of(Index with { Before = "#!/bin/sh\n"u8.ToArray() }), "belong to no entry");

    [Fact]
    public void AnEntryThatTheDirectoryDoesNotName() =>
        Unpacked.BadZip(
            new ZipBuilder { BeforeDirectory = ZipBuilder.Of(new ZipPart("b", "b"))[..34] }.Build(Index),
            "belong to no entry precede the central directory");

    [Theory]
    [InlineData(1, 8), InlineData(1 << 6, 8), InlineData(1 << 13, 8), InlineData(0, 99)]
    public void AnEncryptedEntry(int flags, int method) =>
        Unpacked.Zip(ZipBuilder.Of(Index with { Flags = (ushort)flags, Method = (ushort)method }))
            .IsRefused(ReasonCode.EncryptedArchive, "encrypted");

    [Theory]
    [InlineData(1), InlineData(9), InlineData(12), InlineData(14), InlineData(93)]
    public void AMethodThatIsNotRead(int method) =>
        Unpacked.BadZip(ZipBuilder.Of(Index with { Method = (ushort)method }), $"compression method {method}");

    [Fact]
    public void APatch() => Unpacked.BadZip(ZipBuilder.Of(Index with { Flags = 1 << 5 }), "a patch");

    [Fact]
    public void HeadersThatDisagree()
    {
        Unpacked.BadZip(ZipBuilder.Of(Index with { LocalName = "index.php"u8.ToArray() }), "disagree on the name");
        Unpacked.BadZip(ZipBuilder.Of(Index with { LocalName = "INDEX.html"u8.ToArray() }), "disagree on the name");
        Unpacked.BadZip(ZipBuilder.Of(Index with { LocalMethod = 0 }), "disagree on flags or method");
        Unpacked.BadZip(ZipBuilder.Of(Index with { LocalFlags = 1 }), "disagree on flags or method");
        Unpacked.BadZip(ZipBuilder.Of(Index with { LocalSize = 3 }), "disagree on size");
        Unpacked.BadZip(ZipBuilder.Of(Index with { CentralCrc = 3 }), "disagree on size or CRC");
    }

    [Fact]
    public void HowHardTheCompressorTriedIsNoDisagreement() =>
        Unpacked.Zip(ZipBuilder.Of(Index with { LocalFlags = 2 })).IsGood("index.html");

    [Fact]
    public void AnExtraFieldLongerThanItsPlace() =>
        Unpacked.BadZip(ZipBuilder.Of(Index with { Extra = [7, 0, 9, 0, 1] }), "extra field is longer");
}
