using System.Text.Encodings.Web;
using System.Text.Json;

namespace Difusor.Agent.Tests.Packages;

public class PackageNameTests
{
    static readonly JsonSerializerOptions Shown = new() { Encoder = PrintableJson.Encoder };
    static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("20210606_2020_PREP_MEX", "PREP_MEX", "2021-06-06 20:20:00", PackageForm.Folder)]
    [InlineData("20240602_202030_PREP_DIP.ZIP", "PREP_DIP", "2024-06-02 20:20:30", PackageForm.Zip)]
    [InlineData("PREP_MEX_20210606_2020.tar.gz", "PREP_MEX", "2021-06-06 20:20:00", PackageForm.TarGz)]
    [InlineData("/srv/entrega/20210606_2020.tgz", null, "2021-06-06 20:20:00", PackageForm.TarGz)]
    [InlineData("20210606_2020_PREP.rar", "PREP", "2021-06-06 20:20:00", PackageForm.Other)]
    [InlineData("20210606_2020_PREP.TAR.XZ", "PREP", "2021-06-06 20:20:00", PackageForm.Other)]
    [InlineData("20210606_2020_PREP.zip.001", "PREP", "2021-06-06 20:20:00", PackageForm.Other)]
    [InlineData("20210606_2020.7z", null, "2021-06-06 20:20:00", PackageForm.Other)]
    [InlineData(".gz", null, null, PackageForm.Folder), InlineData("PREP.gzip", null, null, PackageForm.Folder)]
    [InlineData("entrega", null, null, PackageForm.Folder),
        InlineData("20211306_2020_PREP", null, null, PackageForm.Folder)]
    [InlineData("120210606_2020_PREP", null, null, PackageForm.Folder),
        InlineData("20210606_20201_PREP.tar", null, null, PackageForm.Tar)]
    public void TheNameSaysStampSeriesAndForm(string name, string? series, string? stamp, PackageForm form)
    {
        var read = PackageName.Read(name);
        Assert.Equal((series, stamp, form), (read.Series, read.Stamp?.ToString("yyyy-MM-dd HH:mm:ss"), read.Form));
    }

    [Fact]
    public void AnEndingThatEndsLikeAnotherComesBeforeIt() =>
        Assert.All(
            OtherArchives.All, ending => Assert.Equal(ending.Length, OtherArchives.EndingOf("P" + ending)));

    [Fact]
    public void TwoCortesOfOneFileAreTheSameWithoutTheirStamps() =>
        Assert.Equal(
            PackageName.WithoutStamps("bd/20210606_2020_MEX.txt"),
            PackageName.WithoutStamps("bd/20210606_2040_MEX.txt"));

    [Fact]
    public void TwinsHaveOneKeyAsNormalizationTestSays()
    {
        // Lines of Unicode's NormalizationTest.txt: c1 and its NFD c3.
        (string, string)[] pairs =
        [
            ("\u1E0A", "D\u0307"), ("\u1E0C\u0307", "D\u0323\u0307"), ("D\u0307\u0323", "D\u0323\u0307"),
            ("\u212B", "A\u030A"), ("\u0958", "\u0915\u093C"),
            ("\uAC00", "\u1100\u1161"), ("\uAC01", "\u1100\u1161\u11A8"), ("\uF900", "\u8C48"),
            ("\U0002F800", "\u4E3D"), ("\u0344", "\u0308\u0301"),
            ("a\u0315\u0300\u05AE\u0300b", "a\u05AE\u0300\u0300\u0315b"),
        ];
        foreach (var (composed, decomposed) in pairs) Assert.Equal(TwinKey.Of(decomposed), TwinKey.Of(composed));
        Assert.NotEqual(TwinKey.Of("\u00e1"), TwinKey.Of("a"));
        Assert.Equal(TwinKey.Of("MÉXICO"), TwinKey.Of("me\u0301xico"));
        foreach (var (composed, decomposed) in pairs)
            Assert.Equal(TwinKey.Decomposed(decomposed), TwinKey.Decomposed(composed));
        Assert.Equal("me\u0301xico.html", TwinKey.Decomposed("m\u00e9xico.html"));
        Assert.NotEqual(TwinKey.Decomposed("M\u00c9XICO"), TwinKey.Decomposed("m\u00e9xico"));
    }

    [Theory]
    [InlineData(0x00AD), InlineData(0x034F), InlineData(0x061C), InlineData(0x115F), InlineData(0x180E),
        InlineData(0x200B), InlineData(0x200D), InlineData(0x200E)]
    [InlineData(0x200F), InlineData(0x2028), InlineData(0x2029), InlineData(0x202A), InlineData(0x202E),
        InlineData(0x2060), InlineData(0x2066), InlineData(0x2069)]
    [InlineData(0xFEFF), InlineData(0xFE0F), InlineData(0xFFF9), InlineData(0x85), InlineData(0x9B), InlineData(0x7F),
        InlineData(0x1B), InlineData(0xE0041)]
    public void WhatCannotBeSeenStandsAsItsBytes(int code)
    {
        var hidden = char.ConvertFromUtf32(code);
        var bytes = string.Concat(System.Text.Encoding.UTF8.GetBytes(hidden).Select(b => $"\\x{b:x2}"));
        Assert.Equal($"a{bytes}b", Printable.Of($"a{hidden}b"));
        Assert.Equal($"a{bytes}b", Printable.Line($"a{hidden}b"));
        Assert.Equal(
            $"a{bytes}b",
            Difusor.Agent.Packages.Archives.SentName.Printable(System.Text.Encoding.UTF8.GetBytes($"a{hidden}b")));
        var json = JsonSerializer.Serialize(hidden, Shown);
        Assert.DoesNotContain(hidden, json, StringComparison.Ordinal);
        Assert.Equal(hidden, JsonSerializer.Deserialize<string>(json));
    }

    [Theory]
    [InlineData("ñandú Ñ ü €"), InlineData("e\u0301"), InlineData("日本"), InlineData("a b\u00A0c"),
        InlineData("<&\"'>+`"), InlineData("")]
    public void WhatCanBeSeenStaysAsItIs(string name)
    {
        Assert.Equal(name, Printable.Of(name));
        Assert.Equal(name, Printable.Line(name));
        Assert.Equal(JsonSerializer.Serialize(name, Relaxed), JsonSerializer.Serialize(name, Shown));
        Assert.Equal(
            JsonSerializer.SerializeToUtf8Bytes(name, Relaxed), JsonSerializer.SerializeToUtf8Bytes(name, Shown));
    }

    [Fact]
    public void HalfASurrogatePairIsNeitherPrintedNorAFault()
    {
        foreach (var half in new[] { "a\uD83Db", "a\uDE00b", "a\uD83D" })
        {
            Assert.Equal(half.Replace('\uD83D', '\uFFFD').Replace('\uDE00', '\uFFFD'), Printable.Line(half));
            Assert.DoesNotContain(Printable.Of(half), char.IsSurrogate);
            Assert.DoesNotContain(JsonSerializer.Serialize(half, Shown), char.IsSurrogate);
        }
    }

    [Fact]
    public void HostileNamesArePrintedOnOneLine() =>
        Assert.Equal("a\\x0ab\\xff\\xe2\\x80\\xae", Printable.Of([.. "a\nb"u8, 0xFF, .. "\u202E"u8]));
}
