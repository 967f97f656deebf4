using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

/// <summary>What a HASH file beside archives says of each of them, read once.</summary>
public sealed class BesideListTests
{
    static readonly string One = new('1', 64), Two = new('2', 64);

    static BesideList Read(string name, string text, int mostNames = BesideList.MostNames) =>
        BesideList.Read(RelativePath.Own(name), Encoding.UTF8.GetBytes(text), PathLimits.Default, 1_000_000, mostNames);

    static RelativePath Archive(string name) => RelativePath.Own(name);

    [Fact]
    public void OnlyWhatItNamesIsItsAffair()
    {
        var list = Read("SHA256SUMS", $"{One}  a.zip\n{Two}  b/c.zip\n{Two}  page.html\n{Two}  a.zip\n");
        Assert.Equal([One, Two], list.Of(Archive("a.zip"))!.Digests.Select(digest => digest.Hex));
        Assert.Null(list.Of(Archive("c.zip")));
        Assert.Equal(["a.zip"], list.Archives);
        Assert.Equal(2, list.Names);
    }

    [Theory]
    [InlineData("P.zip.sha256", "P.zip"), InlineData("P.hash", "P.zip"), InlineData("P.hash", "P.TAR.GZ"),
        InlineData("P.tgz.hash", "P.tgz")]
    public void ASidecarSpeaksOfItsOwnArchiveAndNamesIt(string list, string archive)
    {
        var read = Read(list, One + "\n");
        Assert.Equal(One, Assert.Single(read.Of(Archive(archive))!.Digests).Hex);
        Assert.Contains(archive, read.Archives);
        Assert.Null(read.Of(Archive("Q.zip")));
    }

    [Theory]
    [InlineData("P.zip.sha256", "no digest"), InlineData("P.hash", "1"), InlineData("P.rar.hash", "no digest")]
    [InlineData("SHA256SUMS", "1  P.zip"), InlineData("SHA256SUMS", "1  index.html\n2  P.7z")]
    public void AListThatMaySpeakOfAnArchiveIsNoLooseFile(string name, string text) =>
        Assert.True(Read(name, Digests(text)).IsAboutArchives);

    [Theory]
    [InlineData("HASH.txt", "1  index.html"), InlineData("HASH.txt", ""), InlineData("index.html.sha256", "1")]
    [InlineData("PREP.hash", "1  index.html\n2  bd/A.txt"), InlineData("SHA256SUMS", "1  P/index.html")]
    [InlineData("HASH", "no digest")]
    public void AListOfPagesIsALooseFileItself(string name, string text) =>
        Assert.False(Read(name, Digests(text)).IsAboutArchives);

    static string Digests(string text) => text.Replace("1", One).Replace("2", Two) + "\n";

    [Fact]
    public void ABlankBehindAnArchivesNameIsNoneOfIt()
    {
        var list = Read("HASH.txt", $"{One}  a.zip  \n");
        Assert.Equal(["a.zip"], list.Archives);
        Assert.Equal(One, Assert.Single(list.Of(Archive("a.zip"))!.Digests).Hex);
    }

    [Fact]
    public void AListOfOtherLinesIsReadAsTheConfigurationDescribesThem()
    {
        var text = Encoding.UTF8.GetBytes($"a.zip|98|{One}\n");
        var path = RelativePath.Own("HASH.txt");
        Assert.Null(BesideList.Read(path, text, PathLimits.Default, 100).Of(Archive("a.zip")));
        var list = BesideList.Read(path, text, PathLimits.Default, 100, line: new HashLine("|", 1, 3));
        Assert.Equal(One, Assert.Single(list.Of(Archive("a.zip"))!.Digests).Hex);
    }

    [Fact]
    public void ASidecarThatCannotBeReadIsAReasonForItsOwnArchiveOnly()
    {
        var read = Read("P.zip.sha256", "no digest\n");
        Assert.Equal("bad-hash-file", read.Of(Archive("P.zip"))!.Problem!.Code);
        Assert.Null(read.Of(Archive("Q.zip")));
    }

    [Fact]
    public void TheSameIsSaidOnlyWhereNothingOfAnArchiveHasChanged()
    {
        var (before, after) = (
            Read("SHA256SUMS", $"{One}  a.zip\n{One}  b.zip\n"),
            Read("SHA256SUMS", $"{One}  a.zip\n{Two}  b.zip\n{Two}  c.zip\n"));
        bool Same(string archive, BesideList? one, BesideList? other) =>
            BesideList.SayTheSame(one, other, Archive(archive));
        Assert.True(Same("a.zip", before, after));
        Assert.False(Same("b.zip", before, after));
        Assert.False(Same("c.zip", before, after));
        Assert.False(Same("a.zip", before, null));
        Assert.True(Same("d.zip", before, null));
    }

    [Fact]
    public void OfMoreArchivesThanAListMayNameTheFirstAreKept()
    {
        var text = string.Concat(Enumerable.Range(0, 100).Select(number => $"{One}  a{number:D3}.zip\n"));
        var list = Read("SHA256SUMS", text, mostNames: 10);
        Assert.Equal(10, list.Names);
        Assert.NotNull(list.Of(Archive("a009.zip")));
        Assert.Null(list.Of(Archive("a010.zip")));
    }
}
