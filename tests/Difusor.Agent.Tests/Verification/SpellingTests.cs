using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Verification;

/// <summary>Names that a HASH spells in another Unicode form than the files have.</summary>
public sealed class SpellingTests
{
    const string Composed = "M\u00c9XICO", Decomposed = "ME\u0301XICO";

    static Verdict Judge(string[] paths, params string[] lists)
    {
        var contents = new MemoryContents();
        foreach (var path in paths.Append("index.html")) contents.Place(RelativePath.Own(path), [1]);
        for (var at = 0; at < lists.Length; at++)
        {
            var text = string.Concat(
                lists[at].Split(',').Append("index.html")
                .Select(path => $"{Digest.Sha256([1]).Hex}  {path}\n"));
            contents.Place(RelativePath.Own($"{at}.hash"), Encoding.UTF8.GetBytes(text));
        }
        return Verifier.Judge(
            new PackageOffer("20210606_2020_PREP_MEX", []), contents, VerificationRules.Default);
    }

    static string[] Shown(Verdict verdict) =>
        [.. verdict.Respelled.Select(one => $"{one.Sent} {one.Published}")];

    [Theory, InlineData(Composed, Decomposed), InlineData(Decomposed, Composed)]
    public void AFileHasTheNameThatTheHashGivesIt(string sent, string stated)
    {
        var verdict = Judge([$"{sent}.html"], $"{stated}.html");
        Assert.Empty(verdict.Reasons);
        Assert.Empty(verdict.Warnings);
        Assert.Equal([$"{sent}.html {stated}.html"], Shown(verdict));
        Assert.Equal(Judge([$"{stated}.html"], $"{stated}.html").ManifestSha256, verdict.ManifestSha256);
    }

    [Fact]
    public void WhatNoHashListsGoesWithItsFolder()
    {
        string[] paths = [$"{Decomposed}/a/1.html", $"{Decomposed}/a/1.html.sha256.txt.sig", $"{Decomposed}/b.hash"];
        var list = $"{Composed}/a/1.html";
        var verdict = Judge(paths, list);
        Assert.Equal(
            [.. paths.Select(path => $"{path} {path.Replace(Decomposed, Composed, StringComparison.Ordinal)}")],
            Shown(verdict).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void WhereOneListHasTheNameThatWasSentItStays() =>
        Assert.Empty(Shown(Judge([$"{Decomposed}.html"], $"{Composed}.html", $"{Decomposed}.html")));

    [Fact]
    public void AnotherCaseIsAnotherFile()
    {
        var verdict = Judge([$"{Decomposed}.html"], "m\u00e9xico.html");
        Assert.Equal(["missing-file", "uncovered-file"], verdict.Reasons.Select(reason => reason.Code));
    }

    [Fact]
    public void ADigestThatDoesNotMatchIsNoMatchInAnyForm()
    {
        var contents = new MemoryContents();
        contents.Place(RelativePath.Own($"{Decomposed}.html"), [2]);
        contents.Place(
            RelativePath.Own("PREP.hash"), Encoding.UTF8.GetBytes($"{Digest.Sha256([1]).Hex}  {Composed}.html\n"));
        var reason = Assert.Single(
            Verifier.Judge(new PackageOffer("20210606_2020_P", []), contents, VerificationRules.Default).Reasons);
        Assert.Equal(("digest-mismatch", $"{Decomposed}.html"), (reason.Code, reason.Path));
    }

    /// <summary>No tree holds both, and nothing of it may be sealed.</summary>
    [Fact]
    public void AFileThatWouldGetTheNameOfAFolderIsRefused()
    {
        var reason = Assert.Single(
            Judge([Decomposed, $"{Composed}/1.html"], $"{Composed},{Composed}/1.html").Reasons);
        Assert.Equal(("duplicate-path", Composed), (reason.Code, reason.Path));
        Assert.True(Difusor.Agent.Texts.Details.Has(reason.Detail), reason.Detail);
    }

    [Fact]
    public void TwoFilesThatDifferInTheirFormOnlyStayRefused()
    {
        var verdict = Judge([$"{Decomposed}.html", $"{Composed}.html"], $"{Composed}.html,{Decomposed}.html");
        Assert.Equal(["duplicate-path"], verdict.Reasons.Select(reason => reason.Code));
    }

    /// <summary>The Kelvin sign is another form of a K in ASCII.</summary>
    [Fact]
    public void ANameInAsciiMayBeTheHashsFormOfOneThatIsNot() =>
        Assert.Equal(["273 \u212a.html K.html"], Shown(Judge(["273 \u212a.html"], "273 K.html"))
            .Select(shown => shown.Replace("273 K", "K", StringComparison.Ordinal)));

    [Fact]
    public void AManyFiledPackageIsRespelledToo()
    {
        string[] sent = [.. Enumerable.Range(0, 600).Select(at => $"{Decomposed}/{at}.html")];
        string[] stated = [.. Enumerable.Range(0, 600).Select(at => $"{Composed}/{at}.html")];
        var verdict = Judge(sent, string.Join(',', stated));
        Assert.Empty(verdict.Reasons);
        Assert.Equal(Judge(stated, string.Join(',', stated)).ManifestSha256, verdict.ManifestSha256);
    }
}
