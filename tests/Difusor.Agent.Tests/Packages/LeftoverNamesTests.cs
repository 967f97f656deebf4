using Difusor.Agent.Configuration;

namespace Difusor.Agent.Tests.Packages;

public sealed class LeftoverNamesTests
{
    [Theory]
    [InlineData(".index.html.Ab12xZ"), InlineData("x.filepart"), InlineData("x.TMP"), InlineData("x~"),
        InlineData("a/index.html.1a2b3c4d.partial"), InlineData(".rsync-partial/a.html"), InlineData("a/.~tmp~/b/c")]
    [InlineData(".in.index.html."), InlineData("index.html.lftp"), InlineData("a.zip.lftp-pget-status"),
        InlineData(".lftp-x"), InlineData("a.crdownload"), InlineData(".pureftpd-upload.5.a"), InlineData("a.part/b")]
    public void TransfersLeaveTheseBehind(string path) =>
        Assert.Equal("leftover", LeftoverNames.BuiltIn.Warning(path)?.Code);

    [Theory]
    [InlineData("__MACOSX/a/._b"), InlineData("a/._b.html"), InlineData(".DS_Store"), InlineData("a/THUMBS.DB"),
        InlineData("Desktop.ini"), InlineData("@eaDir/a/b"), InlineData("~$acta.docx"), InlineData("$Recycle.Bin/x")]
    public void SystemsLeaveTheseBehind(string path) =>
        Assert.Equal("litter", LeftoverNames.BuiltIn.Warning(path)?.Code);

    [Theory]
    [InlineData(".htaccess"), InlineData(".a.b"), InlineData("part"), InlineData("~"), InlineData("index.html"),
        InlineData(".git/config"), InlineData(".htpasswd"), InlineData("tmp/index.html"), InlineData("partial.html")]
    [InlineData("._"), InlineData(".part"), InlineData("thumbs.html"), InlineData(".well-known/x")]
    public void TheseAreFilesLikeAnyOther(string path) =>
        Assert.Null(LeftoverNames.BuiltIn.Warning(path));

    [Theory]
    [InlineData("a.subiendo", true), InlineData("x/a.SUBIENDO", true), InlineData("a.subiendo/b", false)]
    [InlineData("copia1/b/c", true), InlineData("copia1", false), InlineData("copia12/b", false)]
    public void FurtherNamesAreOfFilesOrOfFolders(string path, bool isLeftover)
    {
        var names = new LeftoverNames(["*.subiendo", "copia?/"]);
        Assert.Equal(isLeftover, names.Has(path));
        Assert.True(names.IsEntry("copia1") && names.IsEntry("a.subiendo") && !names.IsEntry("a.html"));
    }

    [Theory]
    [InlineData("*.subiendo", true), InlineData("tmp_*", true), InlineData("copia?/", true), InlineData("a b", true)]
    [InlineData("", false), InlineData("/", false), InlineData("*", false), InlineData("*.*", false),
        InlineData("?/", false), InlineData("a/b", false), InlineData("a\\b", false), InlineData("año*", false),
        InlineData("a\n", false), InlineData("a//", false)]
    public void APatternSaysMoreThanAnything(string pattern, bool isOne)
    {
        Assert.Equal(isOne, LeftoverNames.IsPattern(pattern));
        var quoted = pattern.Replace("\\", "\\\\").Replace("\n", "\\n");
        var yaml = $"election: ieem-2021\ndrop: {{leftovers: [\"{quoted}\"]}}\n";
        var reading = SettingsReader.Read(Encoding.UTF8.GetBytes(yaml), "/etc/difusor-agent/agent.yaml");
        Assert.Equal(isOne, reading.Problems.Count == 0);
        if (isOne) Assert.Equal([pattern], reading.Value!.Drop.Leftovers.Further);
    }

    [Fact]
    public void ALongPatternAndAHundredOfThemAreRefused()
    {
        Assert.False(LeftoverNames.IsPattern(new string('a', LeftoverNames.LongestPattern + 1)));
        var many = string.Join(", ", Enumerable.Range(0, 65).Select(number => $"a{number}"));
        Assert.NotEmpty(SettingsReader.Read(
            Encoding.UTF8.GetBytes($"election: ieem-2021\ndrop: {{leftovers: [{many}]}}\n"), "/agent.yaml").Problems);
    }

    [Theory]
    [InlineData("index.html-7b7d0c3e", "index.html"), InlineData(".index.html", "index.html"),
        InlineData("a/.rsync-tmp/b.txt", "a/b.txt"), InlineData("a/.x/.y/b.txt", "a/b.txt"),
        InlineData(".x/a/b.txt", "a/b.txt")]
    [InlineData("tmp_b.txt", "b.txt"), InlineData("b.txt.$$$", "b.txt"), InlineData("#b.txt#", "b.txt"),
        InlineData(".b.txt.x7", "b.txt"), InlineData("SHA256SUMS-x", "SHA256SUMS")]
    [InlineData("a/.t/.b.txt.Ab12Cd", "a/b.txt"), InlineData("b.txt (copia)", "b.txt")]
    public void AWorkingNameIsTheNameWithSomethingMore(string path, string of) =>
        Assert.True(WorkingName.IsOf(path, there => there.SequenceEqual(of)));

    [Theory]
    [InlineData("11.html", "1.html"), InlineData("b.txt2", "b.txt"), InlineData("a/b.txt", "b.txt"),
        InlineData("b.txt", "b.txt"), InlineData("acta-2", "acta"), InlineData("a/x-b.txt", "b.txt"),
        InlineData(".x/b.txt", "a/b.txt"), InlineData("index.html", "index.htm")]
    [InlineData("index.html.md5", "index.html"), InlineData("dip/a.zip.SHA256", "dip/a.zip")]
    public void AnotherNameIsNone(string path, string of) =>
        Assert.False(WorkingName.IsOf(path, there => there.SequenceEqual(of)));

    [Fact]
    public void ANameOfSeparatorsAloneIsAskedAboutSeldom()
    {
        var asked = 0;
        Assert.False(WorkingName.IsOf(new string('-', 255) + ".x" + new string('-', 255), _ => ++asked < 0));
        Assert.InRange(asked, 0, 81);
    }

    [Theory]
    [InlineData("SHA256SUMS.asc", "SHA256SUMS"), InlineData("a/PREP.hash.P7S", "a/PREP.hash"),
        InlineData("HASH.txt.tsr", "HASH.txt"), InlineData("x.md5.minisig", "x.md5"), InlineData("HASH.gpg", "HASH")]
    [InlineData("index.html.asc", ""), InlineData("SHA256SUMS", ""), InlineData("SHA256SUMS.asc.sig", ""),
        InlineData(".asc", ""), InlineData("a/.sig", "")]
    public void ASignatureIsNamedAfterItsHashFile(string path, string signed) =>
        Assert.Equal(signed, HashFileName.Signed(path).ToString());

    [Theory]
    [InlineData("DIP/001.html", true), InlineData("bd/MEX.txt", true), InlineData("a_b/1.html", true)]
    [InlineData("HASH.txt", false), InlineData("HASH.txt.asc", false), InlineData("a/.x/1.html", false),
        InlineData("__MACOSX/1.html", false), InlineData("1.html~", false), InlineData("x.tmp/1.html", false),
        InlineData("System Volume Information/1.html", false)]
    public void WhatIsPublishedLikeAnyOtherNeedsACover(string path, bool needs) =>
        Assert.Equal(needs, Cover.Needs(path));
}
