using System.Text.RegularExpressions;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Publication;
using Difusor.Agent.Tests.Packages;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Texts;

public partial class ReasonCatalogueTests
{
    [Fact]
    public void EveryReasonForRejectionSaysWhoMustActAndWhatMendsIt() =>
        Assert.Equal(
            Enum.GetValues<ReasonCode>().Select(reason => reason.Code()).Order(),
            ReasonCatalogue.Rejections.Keys.Order());

    [Fact]
    public void EveryReasonToHoldSaysWhatItMeansAndHasItsWordsInASentence()
    {
        Assert.Equal(
            Enum.GetValues<HoldReason>().Select(reason => reason.Code()).Order(), ReasonCatalogue.Holds.Keys.Order());
        Assert.DoesNotContain(ReasonCatalogue.Holds.Values, entry => entry.Said is null);
    }

    [Fact]
    public void EveryWarningThatTheSourcesGiveIsThere() =>
        Assert.Empty(from file in Repository.Sources()
                     from Match warned in WarnedCode().Matches(File.ReadAllText(file))
                     where !ReasonCatalogue.Warnings.ContainsKey(warned.Groups[1].Value)
                     select $"{Path.GetFileName(file)}: {warned.Groups[1].Value}");

    [Fact]
    public void EveryKeyThatWouldMendAReasonIsAKeyOfTheConfiguration()
    {
        var sections = typeof(Settings).GetProperties()
            .ToDictionary(section => Snake(section.Name), section => section.PropertyType);
        string[] profiles = [.. typeof(ElectionProfile).GetProperties().Select(property => Snake(property.Name))];
        foreach (var entry in ReasonCatalogue.Rejections.Values.Concat(ReasonCatalogue.Warnings.Values)
            .Concat(ReasonCatalogue.Holds.Values))
        {
            if (entry.Key?.Split('.') is not [var section, var name]) continue;
            Assert.True(
                sections[section].GetProperties().Any(property => Snake(property.Name) == name)
                || profiles.Contains(name), entry.Key);
        }
    }

    [Fact]
    public void WhatAnAttackerCouldUseIsNeverWaived() =>
        Assert.Empty(
            PublishByHand.Waivable.Intersect(
            ["digest-mismatch", "missing-file", "no-hash", "bad-hash-file", "conflicting-digests", "unsafe-path",
                "unsafe-type", "forbidden-name", "duplicate-path", "compression-bomb", "bad-archive",
                "encrypted-archive", "before-opening", "corte-outside-window", "future-corte"]));

    /// <summary>A form that is read and told to nobody is one that nobody asks an institute for.</summary>
    [Fact]
    public void WhatMendsABadHashFileAndTheContractNameEachFormOfOne()
    {
        var mend = ReasonCatalogue.Rejections[ReasonCode.BadHashFile.Code()].Mend;
        var contract = File.ReadAllText(Path.Combine(Repository.Root, "docs/contract.md"))
            .Split("\n*Their forms.* ")[1].Split("\n\n")[0].Replace('\n', ' ');
        Assert.All(Enum.GetValues<HashFormat>(), format =>
        {
            var (es, en) = HashFileWriter.Called(format);
            Assert.Contains(es, mend.Es, StringComparison.Ordinal);
            Assert.Contains(en, mend.En, StringComparison.Ordinal);
            Assert.Contains(en, contract, StringComparison.Ordinal);
        });
    }

    /// <summary>A path such as C:\prep\index.html is of a hand that does not know better, and no attack.</summary>
    [Theory]
    [InlineData("an absolute Windows path, in HASH.txt", false), InlineData("a back slash, in HASH.txt", true)]
    [InlineData("una ruta absoluta de Windows, en HASH.txt", false), InlineData("absolute, in HASH.txt", true)]
    [InlineData("not UTF-8, in HASH.txt", false), InlineData("a segment '..'", true)]
    public void APathOfWindowsIsNotCalledAnAttack(string detail, bool isAttack)
    {
        var entry = ReasonCatalogue.Rejections[ReasonCode.UnsafePath.Code()];
        Assert.Equal(isAttack, entry.MendOf(Language.Es, detail).Contains("ataque", StringComparison.Ordinal));
        Assert.Equal(
            isAttack,
            ReasonCatalogue.Mends(Language.Es, [(entry.Code, detail)]).Single().Contains(
                "ataque", StringComparison.Ordinal));
    }

    static string Snake(string name) => WordStart().Replace(name, "_$0").ToLowerInvariant();

    [GeneratedRegex("""(?:new Finding|Warn)\("([a-z-]+)",""")]
    private static partial Regex WarnedCode();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
