using Difusor.Agent.Packages.Archives;
using Difusor.Agent.Texts;

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

    [Theory]
    [InlineData(437), InlineData(850), InlineData(1252), InlineData(65001)]
    public void NamesAreReadAsTheHashSpellsThem(int codePage)
    {
        string[] names = ["mun/NAUCALPAN_DE_JUÁREZ.html", "mun/Año «2021».html", "Sección/ACUÑA.html", "à é.html"];
        if (codePage == 437) names = ["mun/SEÑALES.html", "Año «2021».html", "á/é í ó ú.html"];
        Unpacked.Zip(Packed(codePage, "HASH", List(names), names)).IsGood([.. names, "HASH"]);
        Unpacked.Zip(Packed(codePage, "PREP/SHA256SUMS.txt", List(names), [.. names.Select(name => $"PREP/{name}")]))
            .IsGood([.. names, "SHA256SUMS.txt"]);
        // A list that is named otherwise, and one that starts from the folder above.
        Unpacked.Zip(Packed(codePage, "huellas.txt", List(names), names)).IsGood([.. names, "huellas.txt"]);
        Unpacked.Zip(Packed(codePage, "HASH", List([.. names.Select(name => $"PREP/{name}")]), names))
            .IsGood([.. names, "HASH"]);
        // The same letters in another Unicode form.
        Unpacked.Zip(Packed(codePage, "HASH", List([.. names.Select(TwinKey.Decomposed)]), names))
            .IsGood([.. names, "HASH"]);
    }

    /// <summary>Under code page 437 it would be another name than the one that is listed.</summary>
    [Fact]
    public void OneReadingHoldsForAllNames()
    {
        string[] names = ["JUÁREZ.html", "LEÓN.html", "otro Á.html"];
        Unpacked.Zip(Packed(850, "HASH", List("JUÁREZ.html", "LEÓN.html"), names)).IsGood([.. names, "HASH"]);
        var utf8 = new ZipPart(Encoding.UTF8.GetBytes("año.html"), [1]);
        var other = new ZipPart([0xA4, .. ".html"u8], [2]);
        Unpacked.Zip(ZipBuilder.Of(utf8, other)).IsGood("a├▒o.html", "ñ.html");
        Unpacked.Zip(ZipBuilder.Of(utf8 with { Flags = 1 << 11 }, other)).IsGood("año.html", "ñ.html");
    }

    [Fact]
    public void AListThatCameAnotherWayTellsHowNamesAreRead()
    {
        var sink = new MemoryContents();
        var zip = Packed(850, "LEEME.pdf", "x", "JUÁREZ.html");
        Archive.Unpack(
            PackageForm.Zip, new MemoryStream(zip), new LimitSettings(), sink,
            list: Encoding.UTF8.GetBytes(List("JUÁREZ.html")));
        Assert.Equal(["JUÁREZ.html", "LEEME.pdf"], sink.Entries.Select(entry => entry.Path.Value));
        Unpacked.Zip(zip).IsGood("JU╡REZ.html", "LEEME.pdf");
    }

    [Fact]
    public void NamesThatAreAlikeOnceTheyAreReadAreOneName() =>
        Unpacked.Zip(
            ZipBuilder.Of(
            new ZipPart("HASH", List("JUÁREZ.html")), new ZipPart(In(850, "JUÁREZ.html"), [1]),
            new ZipPart("JUÁREZ.html", "x") { Flags = 1 << 11 }))
            .IsRefused(ReasonCode.DuplicatePath, "more than once");

    [Fact]
    public void AHashFileThatIsDamagedIsRefusedWhereverItIsReadFirst() =>
        Unpacked.BadZip(
            ZipBuilder.Of(new ZipPart(In(850, "JUÁREZ.html"), [1]), new ZipPart("HASH", List("a")) { Crc = 1 }),
            "do not match their CRC-32");

    [Fact]
    public void TheCodePagesAreThoseOfTheFramework()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        foreach (var (reading, codePage) in ((NameReading, int)[])
            [(NameReading.Cp437, 437), (NameReading.Cp850, 850), (NameReading.Cp1252, 1252)])
            Assert.Equal(
                CodePagesEncodingProvider.Instance.GetEncoding(codePage)!.GetString(all),
                Encoding.UTF8.GetString(reading.ToUtf8(all)));
    }

    [Theory, InlineData(0), InlineData(10), InlineData(11), InlineData(14)]
    public void BackSlashesOfWindowsAreSeparators(byte host)
    {
        ZipPart[] parts =
        [
            new("PREP\\DIP\\") { Host = host, Method = 0 }, new("PREP\\DIP\\001.html", "uno") { Host = host },
            new("PREP\\HASH", "x") { Host = host },
        ];
        var unpacked = Unpacked.Zip(ZipBuilder.Of(parts)).IsGood("DIP/001.html", "HASH");
        Assert.Equal("PREP", unpacked.Result.Folder);
        var warning = Assert.Single(unpacked.Result.Warnings);
        Assert.Equal(("windows-paths", null), (warning.Code, warning.Path));
        Assert.True(Details.Has(warning.Detail), warning.Detail);
        Assert.Empty(Unpacked.Zip(ZipBuilder.Of(Index with { Host = host })).Result.Warnings);
    }

    [Theory]
    [InlineData("..\\..\\etc\\passwd", "'..'"), InlineData("a\\..\\b", "'..'"), InlineData("\\a", "absolute")]
    [InlineData("C:\\a", "absolute"), InlineData("z:a\\b", "absolute"), InlineData("\\\\server\\c$\\a", "absolute")]
    [InlineData("a\\\\b", "empty segment"), InlineData("a/..\\b", "'..'"), InlineData("..\\", "'..'")]
    public void WhatBackSlashesLeadToIsCheckedAsAnyPath(string name, string detail)
    {
        var contents = name.EndsWith('\\') ? "" : "x";
        Unpacked.Zip(ZipBuilder.Of(new ZipPart(name, contents) { Host = 0 }, Index))
            .IsRefused(ReasonCode.UnsafePath, detail);
        Unpacked.Zip(ZipBuilder.Of(new ZipPart(name, contents), Index)).IsRefused(ReasonCode.UnsafePath, "");
    }

    [Fact]
    public void OnePathWithEitherSlashIsOnePath()
    {
        var (back, forward) = (new ZipPart("DIP\\1.html", "a") { Host = 0 }, new ZipPart("DIP/1.html", "b"));
        Unpacked.Zip(ZipBuilder.Of(back, forward)).IsRefused(ReasonCode.DuplicatePath, "more than once");
        Unpacked.BadZip(ZipBuilder.Of(new ZipPart("DIP\\", "a") { Host = 0 }), "both a folder and a file");
    }

    static byte[] In(int codePage, string name) =>
        codePage == 65001 ? Encoding.UTF8.GetBytes(name)
            : CodePagesEncodingProvider.Instance.GetEncoding(codePage)!.GetBytes(name);

    static string List(params string[] names) =>
        string.Concat(names.Select(name => $"{new string('0', 64)}  {name}\n"));

    /// <summary>Packs files whose names have no UTF-8 flag, with a list.</summary>
    static byte[] Packed(int codePage, string list, string text, params string[] names) =>
        ZipBuilder.Of(
            [new ZipPart(list, text), .. names.Select(name => new ZipPart(In(codePage, name), [1]) { Host = 0 })]);

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
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("PREP/a", "a"), new ZipPart("OTRO/"))).IsGood("a");
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("PREP/a", "a"), new ZipPart("PREP.html", "b")))
            .IsGood("PREP/a", "PREP.html");
        Unpacked.Zip(ZipBuilder.Of(new ZipPart("PREP/PREP/a", "a"))).IsGood("PREP/a");
    }
}
