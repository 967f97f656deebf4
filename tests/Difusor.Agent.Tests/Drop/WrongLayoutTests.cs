using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests;

/// <summary>A delivery in the other layout of the drop says so in its verdict.</summary>
public sealed class WrongLayoutTests
{
    static Verdict Rejected(string package, string files) => new(
        package, null, null, 1, 3, null, "", [Finding.Of(ReasonCode.NoHash, null, "seen")], [],
        [.. files.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(path => new ContentEntry(
            RelativePath.Own(path), 1, new Digest(DigestAlgorithm.Sha256, new byte[32])))]);

    static string? Warned(DropLayout layout, Verdict verdict, bool amongLooseFiles = false, bool isArchive = false)
    {
        var told = WrongLayout.Told(verdict, layout, isArchive, amongLooseFiles);
        Assert.Equal(verdict.Reasons, told.Reasons);
        return told.Warnings.IsEmpty ? null : Assert.Single(told.Warnings) is { Code: "wrong-layout" } warning
            ? warning.Detail : "another";
    }

    [Theory]
    [InlineData("bd", "A.txt B.csv"), InlineData("DIP_LOC", "distrito/001.html index.html")]
    public void AFolderOfASiteWithoutAHashNamesTheLayoutTree(string package, string files) =>
        Assert.Contains("drop.layout: tree", Warned(DropLayout.Packages, Rejected(package, files)));

    [Fact]
    public void BesideLooseFilesAnyFolderIsOneOfASite() =>
        Assert.NotNull(Warned(DropLayout.Packages, Rejected("css", "sitio.css"), amongLooseFiles: true));

    [Theory]
    [InlineData("20210606_2020_PREP", "index.html bd/A.txt", true), InlineData("PREP", "index.html SHA256SUMS", false)]
    [InlineData("PREP", "index.html app.js", false)]
    public void APackageIsNotTakenForAFolderOfASite(string package, string files, bool amongLooseFiles) =>
        Assert.Null(Warned(DropLayout.Packages, Rejected(package, files), amongLooseFiles));

    [Fact]
    public void AnArchiveIsNoFolderOfASite() =>
        Assert.Null(Warned(DropLayout.Packages, Rejected("bd.zip", "A.txt"), amongLooseFiles: true, isArchive: true));

    [Theory]
    [InlineData("20210606_2020_PREP.zip"), InlineData("20210606_2020_PREP.rar 20210606_2020_PREP.rar.sha256")]
    [InlineData("20210606_2020_PREP/index.html 20210606_2020_PREP/bd/A.txt"), InlineData("20210606_2020_PREP/HASH")]
    public void APackageInATreeNamesTheLayoutPackages(string files)
    {
        var detail = Warned(DropLayout.Tree, Rejected("entrega", files));
        Assert.StartsWith("20210606_2020_PREP", detail, StringComparison.Ordinal);
        Assert.EndsWith("drop.layout: packages", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("index.html bd/20210606_2020_A.zip"), InlineData("20210606_2020_A.zip index.html")]
    [InlineData("bd/A.txt"), InlineData("20210606_2020_actas/1.jpg"), InlineData("PREP.zip"), InlineData("")]
    public void ASiteInATreeIsNotTakenForPackages(string files) =>
        Assert.Null(Warned(DropLayout.Tree, Rejected("entrega", files)));

    [Fact]
    public void WhatIsAcceptedHasNoSuchWarning() =>
        Assert.Null(Warned(DropLayout.Packages, Rejected("bd", "A.txt") with { Reasons = [] }));
}
