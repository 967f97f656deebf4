using System.Text.RegularExpressions;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Tests.Packages;

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
    public void WhatMayBeWaivedIsTheContractsList() =>
        Assert.Equal(["corte-mismatch", "no-html", "uncovered-file", "unexpected-series", "weak-algorithm"],
            ReasonCatalogue.Rejections.Values.Where(entry => entry.Waivable).Select(entry => entry.Code).Order());

    [Fact]
    public void WhatMendsABadHashFileNamesEachFormOfOne() =>
        Assert.All(Enum.GetValues<HashFormat>(), format =>
        {
            var mend = ReasonCatalogue.Rejections[ReasonCode.BadHashFile.Code()].Mend;
            Assert.Contains(Called(format), mend.Es, StringComparison.Ordinal);
            Assert.Contains(Called(format), mend.En, StringComparison.Ordinal);
        });

    static string Called(HashFormat format) => format switch
    {
        HashFormat.Coreutils => "sha256sum",
        HashFormat.CoreutilsBinary => "sha256sum",
        HashFormat.Bsd => "BSD",
    };

    static string Snake(string name) => WordStart().Replace(name, "_$0").ToLowerInvariant();

    [GeneratedRegex("""new Finding\("([a-z-]+)",""")]
    private static partial Regex WarnedCode();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
