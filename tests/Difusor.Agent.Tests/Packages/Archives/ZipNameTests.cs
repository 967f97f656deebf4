namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>What a zip calls its entries, and what they are.</summary>
public sealed class ZipNameTests
{
    static readonly ZipPart Index = ZipPart.Index;

    [Fact]
    public void TheSameNameTwice() =>
        Unpacked.Zip(ZipBuilder.Of(Index, Index)).IsRefused(ReasonCode.DuplicatePath, "more than once");

    [Fact]
    public void TheSameNameInTwoSpellings() =>
        Unpacked.Zip(ZipBuilder.Of(Index, Index with { Name = "./index.html"u8.ToArray() }))
            .IsRefused(ReasonCode.DuplicatePath, "more than once");

    [Fact]
    public void AFileThatIsAlsoAFolder()
    {
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("a", "a"), new ZipPart("a/b", "b")))
            .IsRefused(ReasonCode.DuplicatePath, "a file and a folder");
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("a/b", "b"), new ZipPart("a", "a")))
            .IsRefused(ReasonCode.DuplicatePath, "a file and a folder");
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("a", "a"), new ZipPart("a/")))
            .IsRefused(ReasonCode.DuplicatePath, "a file and a folder");
    }

    [Theory]
    [InlineData(0xA1FF, "symbolic link"), InlineData(0x21B6, "character device"), InlineData(0x61B6, "block device")]
    [InlineData(0x11B6, "FIFO"), InlineData(0xC1B6, "socket"), InlineData(0xF000, "neither")]
    public void AnEntryThatIsNoFile(int mode, string what)
    {
        var unpacked =
            Unpacked.Zip(ZipBuilder.Of(Index, new ZipPart("b", "/etc/passwd") { Attributes = (uint)mode << 16 }));
        unpacked.IsRefused(ReasonCode.UnsafeType, what);
        Assert.Equal(["index.html"], unpacked.Paths);
    }

    [Fact]
    public void AFolderWithContents()
    {
        Unpacked.BadZip(ZipBuilder.Of(new ZipPart("b/", "b")), "both a folder and a file");
        Unpacked.BadZip(
            ZipBuilder.Of(new ZipPart("b", "b") { Attributes = 0x41EDu << 16 }), "both a folder and a file");
        Unpacked.BadZip(ZipBuilder.Of(new ZipPart("b/") { Attributes = 0x81A4u << 16 }), "both a folder and a file");
    }

    [Fact]
    public void FoldersOfTheirOwnAreNoFiles() =>
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("a/"), new ZipPart("a/b/") { Method = 0 }, new ZipPart("c", "c")))
        .IsGood("c");

    [Fact]
    public void NamesInCodePage437()
    {
        byte[] name = [.. "P"u8, 0xA0, .. "gina_ni"u8, 0xA4, .. "o.html"u8];
        Unpacked.Zip(ZipBuilder.Of(Index with { Name = name })).IsGood("Página_niño.html");
    }

    [Fact]
    public void NamesInUtf8NeedNoFlag() =>
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("niño.html", "a"), new ZipPart("niña.html", "a") { Flags = 1 << 11 }))
        .IsGood("niño.html", "niña.html");

    [Fact]
    public void ANameThatIsFlaggedUtf8AndIsNot() =>
        Unpacked.Zip(ZipBuilder.Of(Index with { Name = [.. "ni"u8, 0xA4, .. "o"u8], Flags = 1 << 11 }))
            .IsRefused(ReasonCode.UnsafePath, "not UTF-8");

    [Fact]
    public void TheUnicodePathOfInfoZipIsTheName()
    {
        byte[] name = [.. "ni"u8, 0xF1, .. "o.html"u8];
        byte[] real = Encoding.UTF8.GetBytes("niño.html");
        byte[] field = [1, .. BitConverter.GetBytes(System.IO.Hashing.Crc32.HashToUInt32(name)), .. real];
        Unpacked.Zip(ZipBuilder.Of(Index with { Name = name, Extra = [0x75, 0x70, (byte)field.Length, 0, .. field] }))
            .IsGood("niño.html");
        field[1] ^= 1;
        Unpacked.Zip(ZipBuilder.Of(Index with { Name = name, Extra = [0x75, 0x70, (byte)field.Length, 0, .. field] }))
            .IsGood("ni±o.html");
    }

    [Fact]
    public void AnArchiveInTheArchiveStaysAsItIs()
    {
        var inner = ZipBuilder.Of(new ZipPart("../../etc/passwd", "x"));
        var unpacked = Unpacked.Zip(ZipBuilder.Of(Index, new ZipPart("datos.zip"u8.ToArray(), inner)))
            .IsGood("datos.zip", "index.html");
        Assert.Equal(inner, unpacked.Contents.ReadHead(Difusor.Agent.Packages.RelativePath.Own("datos.zip"), 100_000));
    }

    [Fact]
    public void OneFolderAboveAllIsTakenAway()
    {
        var unpacked = Unpacked.Zip(
            ZipBuilder.Of(new ZipPart("PREP/"), new ZipPart("PREP/a/b", "b"), new ZipPart("PREP/c", "c")))
            .IsGood("a/b", "c");
        Assert.Equal("PREP", unpacked.Result.Folder);
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("PREP/a", "a"), new ZipPart("PREP2/b", "b")))
            .IsGood("PREP/a", "PREP2/b");
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("PREP/a", "a"), new ZipPart("OTRO/"))).IsGood("PREP/a");
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("PREP/a", "a"), new ZipPart("PREP.html", "b")))
            .IsGood("PREP/a", "PREP.html");
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("PREP/PREP/a", "a"))).IsGood("PREP/a");
    }
}
