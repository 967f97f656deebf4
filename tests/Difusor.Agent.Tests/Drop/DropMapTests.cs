using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

public sealed class DropMapTests
{
    [Theory]
    [InlineData("P.zip", DropPart.Archive), InlineData("P.TAR.GZ", DropPart.Archive),
        InlineData("P.tgz", DropPart.Archive), InlineData("P.tar", DropPart.Archive)]
    [InlineData("P.zip.hash", DropPart.BesideArchives), InlineData("SHA256SUMS", DropPart.BesideArchives)]
    [InlineData("P/a.html", DropPart.Inside), InlineData("P/HASH", DropPart.Inside),
        InlineData("P/.htaccess", DropPart.Inside)]
    [InlineData("readme.txt", DropPart.Nothing), InlineData(".preparing/a.html", DropPart.Nothing),
        InlineData(".P.zip.a8Gh2x", DropPart.Nothing)]
    [InlineData("P.zip.part", DropPart.Nothing), InlineData("P/.a.html.a8Gh2x", DropPart.Nothing),
        InlineData("P/.~tmp~/a.html", DropPart.Nothing)]
    public void EachEntryPlaysItsPart(string path, DropPart part) =>
        Assert.Equal(part, DropMap.Of(DropLayout.Packages, new RawPath(path)).Part);

    [Fact]
    public void ATreeIsOneDelivery()
    {
        Assert.Equal((DropPart.Inside, RawPath.Root), DropMap.Of(DropLayout.Tree, new RawPath("a/b.html")));
        Assert.Equal((DropPart.Inside, RawPath.Root), DropMap.Of(DropLayout.Tree, new RawPath("P.zip")));
        Assert.Equal(DropPart.Nothing, DropMap.Of(DropLayout.Tree, new RawPath(".in.html")).Part);
    }

    [Fact]
    public void ALinkWhereAPackageBelongsCanOnlyBeRefused() =>
        Assert.Equal(DropPart.NoPackage, DropMap.Of(DropLayout.Packages, new RawPath("P"), FileKind.Symlink).Part);

    [Theory]
    [InlineData(".index.html.Ab12xZ", true), InlineData("x.filepart", true), InlineData("x.TMP", true),
        InlineData("x~", true)]
    [InlineData(".htaccess", false), InlineData(".a.b", false), InlineData("part", false), InlineData("~", false),
        InlineData("index.html", false)]
    public void LeftoversAreKnownByTheirNames(string name, bool isLeftover) =>
        Assert.Equal(isLeftover, Leftovers.Is(name));

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
