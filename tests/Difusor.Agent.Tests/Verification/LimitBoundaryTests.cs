using Difusor.Agent.Tests.Packages;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Verification;

/// <summary>Each limit at the last value that it allows, and at the first that it does not.</summary>
public sealed class LimitBoundaryTests
{
    static readonly MemoryContents Contents = Package();

    static MemoryContents Package()
    {
        var contents = new MemoryContents();
        foreach (var (path, text) in new[] { ("index.html", "<h1>PREP</h1>"), ("DIP/001.html", "<p>1</p>") })
            contents.Place(RelativePath.Own(path), Encoding.UTF8.GetBytes(text));
        contents.Place(
            RelativePath.Own("PREP.hash"), HashFileWriter.Write(
                [.. contents.Entries.Select(entry => new ManifestEntry(entry.Path, entry.Sha256))],
                HashFormat.Coreutils));
        return contents;
    }

    static ContentEntry Hash => Contents.Entries.Single(entry => entry.Path.Value == "PREP.hash");

    static IEnumerable<string> Judged(LimitSettings limits) =>
        Verifier.Judge(
            new PackageOffer("20210606_2020_PREP_MEX", []), Contents,
            VerificationRules.Default with { Limits = limits }).Reasons.Select(reason => reason.Code);

    public static TheoryData<string, long> Limits => new()
    {
        { "too-many-files", 3 },
        { "file-too-large", Hash.Size },
        { "package-too-large", Contents.Entries.Sum(entry => entry.Size) },
        { "hash-too-large", Hash.Size },
        { "paths-too-large", Contents.Entries.Sum(entry => entry.Path.Utf8Length) },
    };

    static LimitSettings With(string reason, long value)
    {
        var limits = VerificationRules.Default.Limits;
        return reason switch
        {
            "too-many-files" => limits with { Files = (int)value },
            "file-too-large" => limits with { FileSize = value },
            "package-too-large" => limits with { PackageSize = value },
            "hash-too-large" => limits with { HashText = value },
            "paths-too-large" => limits with { PathText = value },
            _ => throw new ArgumentException(reason),
        };
    }

    [Theory, MemberData(nameof(Limits))]
    public void WhatIsJustWithinALimitIsAcceptedAndOneMoreIsNot(string reason, long most)
    {
        Assert.Empty(Judged(With(reason, most)));
        Assert.Contains(reason, Judged(With(reason, most - 1)));
    }

    [Theory]
    [InlineData(255, true), InlineData(256, false)]
    public void ANameMayHave255Bytes(int length, bool safe) =>
        Assert.Equal(safe, RelativePath.Problem(new byte[length].Select(_ => (byte)'a').ToArray(), PathLimits.Default)
            is null);

    [Theory]
    [InlineData("a\u0080b"), InlineData("a\u009Fb"), InlineData("a\u202Eb"), InlineData("a\u2066b")]
    [InlineData("a\u2028b"), InlineData("a\u2029b"), InlineData("a\u007Fb"), InlineData("a\u001Fb")]
    public void ACharacterThatHidesOrTurnsTheTextIsInNoName(string name) =>
        Assert.NotNull(RelativePath.Problem(Encoding.UTF8.GetBytes(name), PathLimits.Default));

    [Theory]
    [InlineData("a\u00A0b"), InlineData("\u00C2"), InlineData("año.html"), InlineData("a\u2027b"),
        InlineData("\u20AC")]
    public void ACharacterBesideThoseIsInANameAsAnyOther(string name) =>
        Assert.Null(RelativePath.Problem(Encoding.UTF8.GetBytes(name), PathLimits.Default));
}
