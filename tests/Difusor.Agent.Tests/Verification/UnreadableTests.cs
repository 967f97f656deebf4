using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Verification;

/// <summary>
/// What could not be opened says nothing of the institute: the tired sysadmin was told to ask it for HASH files that
/// were in the archive.
/// </summary>
public sealed class UnreadableTests
{
    static string[] Judged(params string[] unreadable) => [.. Verifier.Judge(
        new PackageOffer("20210606_2020_PREP_MEX",
            [.. unreadable.Select(path => Finding.Of(ReasonCode.UnreadableFile, path, "EACCES, mode 600, uid 1"))]),
        new MemoryContents(), VerificationRules.Default).Reasons.Select(reason => reason.Code)];

    [Theory, InlineData("20210606_2020_PREP_MEX.zip"), InlineData("HASH.txt")]
    public void OnlyThatItCannotBeOpenedIsTold(string path) =>
        Assert.Equal(["unreadable-file"], Judged(path));

    [Fact]
    public void WhatIsEmptyHasNoHashAndNoPage() => Assert.Equal(["no-hash", "no-html"], Judged());
}
