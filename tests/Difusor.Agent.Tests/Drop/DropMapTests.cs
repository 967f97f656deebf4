using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

public sealed class DropMapTests
{
    static readonly DropSettings Packages = new() { Leftovers = new LeftoverNames(["*.enviando/"]) };
    static readonly DropSettings Tree = new() { Layout = DropLayout.Tree };

    [Theory]
    [InlineData("P.zip", DropPart.Archive), InlineData("P.TAR.GZ", DropPart.Archive),
        InlineData("P.tgz", DropPart.Archive), InlineData("P.tar", DropPart.Archive)]
    [InlineData("P.zip.hash", DropPart.BesideArchives), InlineData("SHA256SUMS", DropPart.BesideArchives)]
    [InlineData("P/a.html", DropPart.Inside), InlineData("P/HASH", DropPart.Inside),
        InlineData("P/.htaccess", DropPart.Inside)]
    [InlineData("readme.txt", DropPart.Nothing), InlineData(".preparing/a.html", DropPart.Nothing),
        InlineData(".P.zip.a8Gh2x", DropPart.Nothing)]
    [InlineData("P.zip.part", DropPart.Nothing), InlineData("P.zip.1a2b3c4d.partial", DropPart.Nothing),
        InlineData("Thumbs.db", DropPart.Nothing), InlineData("__MACOSX/._P", DropPart.Nothing)]
    [InlineData("P/.a.html.a8Gh2x", DropPart.Inside), InlineData("P/.~tmp~/a.html", DropPart.Inside)]
    [InlineData("P.enviando/a.html", DropPart.Nothing), InlineData("P.enviando", DropPart.Nothing)]
    public void EachEntryPlaysItsPart(string path, DropPart part) =>
        Assert.Equal(part, DropMap.Of(Packages, new RawPath(path)).Part);

    [Fact]
    public void ATreeIsOneDelivery()
    {
        Assert.Equal((DropPart.Inside, RawPath.Root), DropMap.Of(Tree, new RawPath("a/b.html")));
        Assert.Equal((DropPart.Inside, RawPath.Root), DropMap.Of(Tree, new RawPath("P.zip")));
        Assert.Equal(DropPart.Nothing, DropMap.Of(Tree, new RawPath(".in.html")).Part);
    }

    [Fact]
    public void ALinkWhereAPackageBelongsCanOnlyBeRefused() =>
        Assert.Equal(DropPart.NoPackage, DropMap.Of(Packages, new RawPath("P"), FileKind.Symlink).Part);

    [Fact]
    public void ALeftoverInATreeIsOfItsDelivery() =>
        Assert.Equal(DropPart.Inside, DropMap.Of(Tree, new RawPath("a.html.part")).Part);

    [Theory]
    [InlineData("P/a.html.part", FileKind.Regular, true), InlineData("P/a.html.part", FileKind.Symlink, false)]
    [InlineData("P/\u00ff.part", FileKind.Regular, false), InlineData("P/a.html", FileKind.Regular, false)]
    [InlineData("P", FileKind.Regular, false)]
    public void WhatIsNoFileOrHasNoPathIsNoLeftover(string path, FileKind kind, bool isLeftover) =>
        Assert.Equal(
            isLeftover,
            DropMap.IsLeftover(
                new Settings { Election = "x" }, new RawPath("P"), new RawPath(path), kind));

    [Fact]
    public void ANameThatIsNoTextIsAKeyAndNoPath()
    {
        byte[] bytes = [(byte)'P', (byte)'/', 0xff, (byte)'\n'];
        var path = RawPath.Of(bytes);
        Assert.Equal(bytes, path.ToBytes());
        Assert.Equal("P/\\xff\\x0a", path.ToString());
        Assert.NotNull(path.Below(new RawPath("P")).Read(PathLimits.Default).Problem);
        Assert.Equal(RawPath.Of("P/ñ"u8), new RawPath("P").Child("ñ"u8));
        Assert.Equal("P/ñ", RawPath.Of("P/ñ"u8).Read(PathLimits.Default).Path?.Value);
        Assert.Equal(Encoding.UTF8.GetBytes("ñ"), RawPath.Of(RelativePath.Own("ñ")).ToBytes());
    }
}
