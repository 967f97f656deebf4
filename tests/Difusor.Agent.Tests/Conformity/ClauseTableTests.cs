using System.Text.RegularExpressions;
using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Conformity;

public sealed partial class ClauseTableTests
{
    /// <summary>The ids of the rows, as the rules make them.</summary>
    static readonly HashSet<string> Rules =
        [.. Repository.Sources().Where(file => file.Contains("/Core/Conformity/", StringComparison.Ordinal)
            && file.EndsWith("Rules.cs", StringComparison.Ordinal))
            .SelectMany(file => RowId().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))];

    /// <summary>A row that no table has is looked at, and shown to nobody.</summary>
    [Fact]
    public void EachRowOfTheRulesHasItsPlaceInTheCall()
    {
        Assert.True(Rules.Count > 50, "the sources were not read");
        Assert.Equal(Rules.Order(), ClauseTable.Of(CallClauses.Ieem2021).Ids.Order());
    }

    [Fact]
    public void WithoutACallNothingIsAskedThatOnlyTheCallOf2021Asks() =>
        Assert.Equal(["bandwidth", "ntp-pool"], Rules.Except(ClauseTable.Of(CallClauses.Generic).Ids).Order());

    [Theory, InlineData(CallClauses.Generic), InlineData(CallClauses.Ieem2021)]
    public void NoRowHasTwoPlaces(CallClauses clauses)
    {
        var ids = ClauseTable.Of(clauses).Ids.ToList();
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void ARowStandsUnderTheClauseOfTheCallOrUnderItsSubject()
    {
        ConformityRow row = new("time-zone", Standing.Pass, new Said("x.y"), new Said("x.y")),
            other = row with { Id = "opening" };
        var call = ClauseTable.Of(CallClauses.Ieem2021).Ordered([row, other]).ToList();
        Assert.Equal(["opening I.1", "time-zone I.1"], call.Select(Shown));
        var none = ClauseTable.Of(CallClauses.Generic).Ordered([row, other]).ToList();
        Assert.Equal(["opening Publicación", "time-zone Hora"], none.Select(Shown));
        Assert.Null((string?)none[0].ToJson(Language.Es)["clause"]);

        static string Shown(ConformityRow row) => $"{row.Id} {row.Heading(Language.Es)}";
    }

    [GeneratedRegex("""new(?: Clause)?\("([a-z][a-z0-9-]*)"\)""")]
    private static partial Regex RowId();
}
