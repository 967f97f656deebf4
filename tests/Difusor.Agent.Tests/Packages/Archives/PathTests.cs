namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>Names that would lead outside, or that no file may have, in both kinds of archive.</summary>
public sealed class PathTests
{
    public static TheoryData<string, string> Hostile => new()
    {
        { "../etc/passwd", "'..'" }, { "a/../../b", "'..'" }, { "/etc/passwd", "absolute" },
        { "a//b", "empty segment" }, { "a/./b", "'.'" }, { "..", "'..'" },
        { ".", "'.'" }, { "a\nb", "control character" }, { "a\tb", "control character" },
        { "a\u2028b", "control character" }, { "a\\b", "back slash" },
        { "C:\\a", "back slash" }, { new string('a', 256), "longer than 255" },
        { string.Join('/', Enumerable.Repeat("abcdefg", 200)), "longer than 1024" },
        { string.Join('/', Enumerable.Repeat("a", 33)), "deeper than 32" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void APathThatMayNotBe(string path, string detail)
    {
        Refused(Unpacked.Zip(ZipBuilder.Of(new ZipPart(path, "x"), new ZipPart("ok", "x"))), detail);
        Refused(Unpacked.Tar(new TarBuilder().Pax(("path", path)).File("x").File("ok").End()), detail);
        Refused(Unpacked.Tar(new TarBuilder().LongName(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(path)))
            .File("x").File("ok").End()), detail);
    }

    [Fact]
    public void ANulInAName()
    {
        Refused(Unpacked.Zip(ZipBuilder.Of(new ZipPart("a\0.html", "x"), new ZipPart("ok", "x"))), "control character");
        Refused(Unpacked.Tar(new TarBuilder().Pax(("path", "a\0.html")).File("x").File("ok").End()),
            "control character");
        Refused(Unpacked.Tar(new TarBuilder().LongName("a\0.html").File("x").File("ok").End()), "control character");
    }

    [Fact]
    public void ANameThatIsEmpty()
    {
        Refused(Unpacked.Zip(ZipBuilder.Of(new ZipPart("", "x"), new ZipPart("ok", "x"))), "empty");
        Refused(Unpacked.Tar(new TarBuilder().File("").File("ok").End()), "empty");
        Refused(Unpacked.Tar(new TarBuilder().Pax(("path", "")).File("x").File("ok").End()), "empty");
    }

    [Fact]
    public void AFolderOutside()
    {
        Refused(Unpacked.Zip(ZipBuilder.Of(new ZipPart("../"), new ZipPart("ok", "x"))), "'..'");
        Refused(Unpacked.Tar(new TarBuilder().Entry("../a/"u8.ToArray(), '5').File("ok").End()), "'..'");
        Refused(Unpacked.Tar(new TarBuilder().Entry("/"u8.ToArray(), '5').File("ok").End()), "empty");
    }

    [Fact]
    public void ANameThatIsNoUtf8InATar()
    {
        var unpacked = Unpacked.Tar(new TarBuilder().File("ni\xf1o.html").File("ok").End());
        Refused(unpacked, "not UTF-8");
        Assert.Equal(@"ni\xf1o.html", unpacked.Result.Findings[0].Path);
    }

    [Fact]
    public void WhatIsShownOfANameIsPrintableAndShort()
    {
        var unpacked = Unpacked.Zip(ZipBuilder.Of(new ZipPart("a\u001b[31m\n" + new string('b', 5000), "x")));
        var shown = Assert.Single(unpacked.Result.Findings).Path!;
        Assert.StartsWith(@"a\x1b[31m\x0abbb", shown);
        Assert.True(shown.Length <= 301);
    }

    [Fact]
    public void NamesThatAreTooLongTogether()
    {
        var limits = new LimitSettings { PathLength = 4096, PathDepth = 3000, PathText = 40_000 };
        var tar = new TarBuilder();
        for (var i = 0; i < 11; i++)
            tar.Pax(("path", $"{i}/" + string.Join('/', Enumerable.Repeat("a", 2000)))).File("x");
        Unpacked.Tar(tar.End(), limits).IsRefused(ReasonCode.PathsTooLarge, "more than 40000 bytes");
    }

    static void Refused(Unpacked unpacked, string detail)
    {
        var finding = Assert.Single(unpacked.Result.Findings);
        Assert.Equal(ReasonCode.UnsafePath.Code(), finding.Code);
        Assert.Contains(detail, finding.Detail, StringComparison.Ordinal);
        Assert.Equal(["ok"], unpacked.Paths);
        Assert.False(unpacked.Result.Stopped);
    }
}
