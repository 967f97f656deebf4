using Difusor.Agent.Events;

namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>Tars of every age, and those that no honest sender writes.</summary>
public sealed class TarTests
{
    static TarBuilder Tar => new();

    static void Refused(byte[] tar, string detail) => Unpacked.Tar(tar).IsRefused(ReasonCode.BadArchive, detail);

    [Theory]
    [InlineData((int)TarBuilder.Form.Ustar), InlineData((int)TarBuilder.Form.Gnu), InlineData((int)TarBuilder.Form.V7)]
    public void EveryAgeOfHeader(int form)
    {
        var unpacked = Unpacked.Tar(
            Tar.File("index.html", new string('a', 513), (TarBuilder.Form)form).File("b", "", (TarBuilder.Form)form)
            .End()).IsGood("index.html", "b");
        Assert.Equal(new string('a', 513), unpacked.Text("index.html"));
    }

    [Fact]
    public void AUstarPrefixIsPartOfTheName() =>
        Unpacked.Tar(Tar.Entry("b"u8.ToArray(), '0', [1], prefix: "a/a").File("c").End()).IsGood("a/a/b", "c");

    [Fact]
    public void WhereGnuKeepsTimesThereIsNoPrefix() =>
        Unpacked.Tar(Tar.Entry("b"u8.ToArray(), '0', [1], prefix: "14000000000", form: TarBuilder.Form.Gnu).End())
            .IsGood("b");

    [Fact]
    public void ANameThatFillsItsField() =>
        Unpacked.Tar(
            Tar.File(new string('n', 100)).Entry("b"u8.ToArray(), '0', [1], prefix: new string('p', 155)).End())
            .IsGood(new string('n', 100), new string('p', 155) + "/b");

    [Fact]
    public void APaxPathAndSize()
    {
        var unpacked = Unpacked.Tar(
            Tar.Pax(("mtime", "1.5"), ("path", "DIP/niño.html"), ("size", "3"))
            .Entry("x"u8.ToArray(), '0', "abc"u8.ToArray(), size: TarBuilder.Octal(0)).File("b").End());
        Assert.Equal("abc", unpacked.IsGood("DIP/niño.html", "b").Text("DIP/niño.html"));
    }

    [Fact]
    public void AGnuLongName() =>
        Unpacked.Tar(Tar.LongName("a/" + new string('b', 200)).File("x").File("b").End())
        .IsGood("a/" + new string('b', 200), "b");

    [Fact]
    public void ASizeBehindANulThatOtherReadersTakeForNothing()
    {
        var tar = Tar.File("c").End();
        "\0\0\0\0\0\00001\0\0"u8.CopyTo(tar.AsSpan(124));
        "        "u8.CopyTo(tar.AsSpan(148));
        var sum = tar[..512].Sum(part => part);
        TarBuilder.Latin(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(tar.AsSpan(148));
        Assert.Contains(Unpacked.Tar(tar).Result.Findings, finding => finding.Code == ReasonCode.BadArchive.Code());
    }

    [Fact]
    public void AGlobalHeaderAsGitWritesIt() =>
        Unpacked.Tar(Tar.PaxGlobal(("comment", "0123456789")).File("b").End()).IsGood("b");

    [Fact]
    public void AGlobalHeaderThatNamesAllTheSame()
    {
        Refused(Tar.PaxGlobal(("path", "a")).File("b").End(), "global header");
        Refused(Tar.PaxGlobal(("size", "1")).File("b").End(), "global header");
        Refused(Tar.PaxGlobal(("GNU.sparse.major", "1")).File("b").End(), "global header");
    }

    [Theory]
    [InlineData("9 path=ab\n"), InlineData("path=a\n"), InlineData("12 path=ab\n"), InlineData("10 path=ab "),
        InlineData("8 path=ab\n"), InlineData("0 path=ab\n")]
    [InlineData("99999999999999999999 path=a\n"), InlineData("6 path\n"), InlineData("5 =a\n"),
        InlineData("-9 path=a\n"), InlineData(" 9 path=a\n"), InlineData("4 a\n")]
    public void APaxRecordThatIsNone(string record) =>
        Refused(Tar.PaxRaw('x', TarBuilder.Latin(record)).File("b").End(), "a pax record");

    [Theory]
    [InlineData("-1"), InlineData(""), InlineData("1.5"), InlineData("99999999999999999999"), InlineData("0x10")]
    public void APaxSizeThatIsNoNumber(string size) => Refused(Tar.Pax(("size", size)).File("b").End(), "pax size");

    [Fact]
    public void TwoNamesForOneEntry()
    {
        Refused(Tar.Pax(("path", "a"), ("path", "b")).File("c").End(), "two paths");
        Refused(Tar.Pax(("size", "1"), ("size", "2")).File("c").End(), "two sizes");
        Refused(Tar.Pax(("path", "a")).Pax(("path", "b")).File("c").End(), "two extended headers");
        Refused(Tar.LongName("a").LongName("b").File("c").End(), "two extended headers");
        Refused(Tar.LongName("a").Pax(("path", "b")).File("c").End(), "a pax path and a GNU long name");
    }

    [Fact]
    public void AnExtendedHeaderOfNothing()
    {
        Refused(Tar.File("a").Pax(("path", "b")).End(), "without an entry after it");
        Refused(Tar.File("a").LongName("b").End(), "without an entry after it");
    }

    [Fact]
    public void AnExtendedHeaderWithoutMeasure()
    {
        Refused(Tar.PaxRaw('x', TarBuilder.Record("comment", new string('a', 100_000))).File("b").End(),
            "an extended header of");
        Unpacked.Tar(Tar.LongName(new string('a', 100_000)).File("b").End())
            .IsRefused(ReasonCode.UnsafePath, "an extended header of");
        Refused(Tar.Entry("x"u8.ToArray(), 'x', size: [0x80, 0, 0, 0, 0x7f, 255, 255, 255, 255, 255, 255, 255]).End(),
            "an extended header of");
    }

    [Theory]
    [InlineData('1', "hard link"), InlineData('2', "symbolic link"), InlineData('3', "character device"),
        InlineData('4', "block device"), InlineData('6', "FIFO")]
    public void AnEntryThatIsNoFile(char type, string what)
    {
        var unpacked = Unpacked.Tar(Tar.File("a").Entry("b"u8.ToArray(), type, link: "/etc/passwd").File("c").End());
        unpacked.IsRefused(ReasonCode.UnsafeType, what);
        Assert.Equal(["a", "c"], unpacked.Paths);
        Assert.False(unpacked.Result.Stopped);
        Unpacked.Tar(Tar.LongLink(new string('l', 200)).Entry("b"u8.ToArray(), type, link: "l").End())
            .IsRefused(ReasonCode.UnsafeType, what);
        Unpacked.Tar(Tar.Pax(("linkpath", "../../etc")).Entry("b"u8.ToArray(), type, link: "l").End())
            .IsRefused(ReasonCode.UnsafeType, what);
        Refused(Tar.Entry("b"u8.ToArray(), type, new byte[600]).End(), "contents for an entry of type");
    }

    [Fact]
    public void ASparseFile()
    {
        foreach (var tar in (byte[][])
        [
            Tar.Entry("s"u8.ToArray(), 'S', form: TarBuilder.Form.Gnu).End(),
            Tar.Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "s"))
                .File("GNUSparseFile.1/s").End(),
            Tar.Pax(("GNU.sparse.map", "0,1,2,3")).File("s").End(),
        ])
        {
            var unpacked = Unpacked.Tar(tar).IsRefused(ReasonCode.BadArchive, "a sparse file");
            Assert.Equal(ReasonCode.UnsafeType.Code(), unpacked.Result.Findings[0].Code);
            Assert.Empty(unpacked.Paths);
        }
    }

    [Theory]
    [InlineData('M'), InlineData('V'), InlineData('D'), InlineData('N'), InlineData('Z'), InlineData('8'),
        InlineData('\x01')]
    public void AnEntryOfAnotherKind(char type) =>
        Refused(Tar.File("a").Entry("b"u8.ToArray(), type).End(), "an entry of type");

    [Fact]
    public void AFolderWithContents()
    {
        Refused(Tar.Entry("b/"u8.ToArray(), '5', [1]).End(), "contents for an entry");
        Refused(Tar.Entry("b/"u8.ToArray(), '0', [1]).End(), "contents for an entry");
    }

    [Fact]
    public void FoldersOldAndNew() =>
        Unpacked.Tar(
        Tar.Entry("./"u8.ToArray(), '5').Entry("a/"u8.ToArray(), '5').Entry("b"u8.ToArray(), '5')
        .Entry("c/"u8.ToArray(), '0', form: TarBuilder.Form.V7).File("d").End()).IsGood("d");

    [Fact]
    public void AWrongChecksum()
    {
        Refused(Tar.Entry("a"u8.ToArray(), '0', [1], spoilSum: true).End(), "wrong checksum");
        Refused(Tar.File("a").Entry("b"u8.ToArray(), '0', [1], spoilSum: true).End(), "wrong checksum");
    }

    [Fact]
    public void AChecksumThatIsNoNumber()
    {
        var tar = Tar.File("a").End();
        tar[148] = 0x80;
        Refused(tar, "wrong checksum");
    }

    [Fact]
    public void NoTarAtAll() => Refused(TarBuilder.Latin(new string('h', 2000)), "not a tar at all");

    [Fact]
    public void ASignedChecksumAsOldTarsHadIt()
    {
        var tar = Tar.File("a\x7f").End();
        tar[1] = 0xff;
        var sum = tar.Take(512).Select((b, i) => i is >= 148 and < 156 ? 32 : (sbyte)b).Sum();
        TarBuilder.Latin(Convert.ToString(sum, 8).PadLeft(6, '0')).CopyTo(tar, 148);
        Unpacked.Tar(tar).IsRefused(ReasonCode.UnsafePath, "not UTF-8");
    }

    public static TheoryData<byte[]> BadSizes => new(
        TarBuilder.Latin("0000000008\0 "), TarBuilder.Latin("-0000000001\0"), new byte[12],
        TarBuilder.Latin("0x000000001\0"),
        [0x80, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255], [0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
        [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255], [0x81, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

    [Theory]
    [MemberData(nameof(BadSizes))]
    public void ASizeThatIsNoNumber(byte[] size) =>
        Refused(Tar.Entry("a"u8.ToArray(), '0', [1], size: size).End(), "without a right size");

    [Fact]
    public void SizesInBase256()
    {
        Unpacked.Tar(
            Tar.Entry("a"u8.ToArray(), '0', [1, 2], size: [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]).File("b").End())
            .IsGood("a", "b");
        Unpacked.Tar(
            Tar.Entry("a"u8.ToArray(), '0', [1, 2], size: [0x80, 0, 0, 0, 127, 255, 255, 255, 255, 255, 255, 255])
            .End()).IsRefused(ReasonCode.FileTooLarge, "9223372036854775807");
    }

    [Fact]
    public void ATarThatStillArrives()
    {
        var tar = Tar.File("a", new string('a', 600)).Pax(("path", "b")).File("x").End();
        for (var length = 0; length < tar.Length; length += 37) Unpacked.Tar(tar[..length]).IsNotWhole();
        Assert.Empty(Unpacked.Tar(tar[..1000]).Paths);
        Unpacked.Tar(tar[..^512]).IsNotWhole();
        Unpacked.Tar(tar[..^1]).IsNotWhole();
        Unpacked.Tar(tar).IsGood("a", "b");
    }

    [Fact]
    public void ZerosToTheEndAreThePaddingOfATape()
    {
        Unpacked.Tar([.. Tar.File("a").End(), .. new byte[10_007]]).IsGood("a");
        Refused([.. Tar.File("a").End(), .. new byte[2 << 20]], "zeros follow");
    }

    [Fact]
    public void BytesAfterTheEnd()
    {
        Refused([.. Tar.File("a").End(), .. Tar.File("b").End()], "bytes follow the end");
        Refused([.. Tar.File("a").End(), 1], "bytes follow the end");
        Refused([.. Tar.File("a").End(1), .. Tar.File("b").End()], "bytes follow the end");
    }

    [Fact]
    public void TheSameNameTwice()
    {
        Unpacked.Tar(Tar.File("a").File("a", "otro").End()).IsRefused(ReasonCode.DuplicatePath, "more than once");
        Unpacked.Tar(Tar.File("a").File("./a").End()).IsRefused(ReasonCode.DuplicatePath, "more than once");
        Unpacked.Tar(Tar.File("a").File("a/b").End()).IsRefused(ReasonCode.DuplicatePath, "a file and a folder");
        Unpacked.Tar(Tar.File("a/b").File("a").End()).IsRefused(ReasonCode.DuplicatePath, "a file and a folder");
    }

    [Fact]
    public void OneFolderAboveAllIsTakenAway()
    {
        var unpacked = Unpacked.Tar(Tar.Entry("PREP/"u8.ToArray(), '5').File("PREP/a").File("PREP/b/c").End())
            .IsGood("a", "b/c");
        Assert.Equal("PREP", unpacked.Result.Folder);
        Unpacked.Tar(Tar.File("./PREP/a").File("./PREP/b").End()).IsGood("a", "b");
        Unpacked.Tar(Tar.File("PREP/a").File("b").End()).IsGood("PREP/a", "b");
        Unpacked.Tar(Tar.File("PREP/a").Entry("OTRO"u8.ToArray(), '5').End()).IsGood("a");
    }

    [Fact]
    public void LimitsHoldWhileItIsRead()
    {
        var limits = new LimitSettings { Files = 2, FileSize = 10, PackageSize = 15 };
        Unpacked.Tar(Tar.File("a").File("b").File("c").NoEnd(), limits)
            .IsRefused(ReasonCode.TooManyFiles, "more than 2 files");
        Unpacked.Tar(Tar.Entry("a"u8.ToArray(), '0', size: TarBuilder.Octal(11)).NoEnd(), limits)
            .IsRefused(ReasonCode.FileTooLarge, "11 bytes");
        Unpacked.Tar(Tar.File("a", "0123456789").Entry("b"u8.ToArray(), '0', size: TarBuilder.Octal(6)).NoEnd(), limits)
            .IsRefused(ReasonCode.PackageTooLarge, "more than 15");
        Unpacked.Tar(Tar.Entry("a/b/c"u8.ToArray(), '5').End(), limits)
            .IsRefused(ReasonCode.TooManyFiles, "more than 2 folders");
    }

    [Theory]
    [InlineData('5'), InlineData('g')]
    public void HeadersWithoutEnd(char type)
    {
        var tar = Tar;
        for (var i = 0; i < 1010; i++) tar.Entry("a"u8.ToArray(), type);
        Unpacked.Tar(tar.NoEnd(), new LimitSettings { Files = 2 })
            .IsRefused(ReasonCode.TooManyFiles, "headers for at most 2 files");
    }
}
