using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Configuration;

/// <summary>Holds each row of DESIGN.md's table of budgets against the program: no limit stands there only.</summary>
public sealed class BudgetTableTests
{
    const string Heading = "## Budgets";
    static readonly IReadOnlyList<Type> Types = Repository.Types;
    static readonly string[] Units = ["B", "KiB", "MiB", "GiB"];

    public static TheoryData<string, string, string, string> Rows =>
        [.. Table().Select(row => (row[1], row[2], row[3], row[4]))];

    [Theory, MemberData(nameof(Rows))]
    public void ARowIsWhatTheProgramDoes(string limit, string source, string told, string place)
    {
        Assert.Contains(Number(limit), char.IsAsciiLetterLower(source[0]) ? [OfKey(source)] : OfMember(source));
        if (told != "–") Assert.True(EventCatalogue.Named(told) is not null || IsReason(told), told);
        Assert.Contains(Types, type => type.Name == place);
    }

    static bool IsReason(string code) => ReasonCatalogue.Words(Language.En, code) is not null;

    [Fact]
    public void TheTableHasItsRowsAndNoneTwice()
    {
        var sources = Table().Select(row => row[2]).ToList();
        Assert.Equal(sources.Distinct(), sources);
        Assert.InRange(sources.Count, 35, 200);
    }

    [Fact]
    public void EachLimitOfTheConfigurationHasItsRow()
    {
        var sources = Table().Select(row => row[2]).ToList();
        var limits = SettingsWriter.Show(new Settings { Election = "ieem-2021" })["limits"]!.AsObject()
            .Where(limit => limit.Value is not JsonArray);
        Assert.All(limits, limit => Assert.Contains($"limits.{limit.Key}", sources));
    }

    static IEnumerable<string[]> Table() => File.ReadLines(Path.Combine(Repository.Root, "agent/DESIGN.md"))
        .SkipWhile(line => !line.StartsWith(Heading, StringComparison.Ordinal)).Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal)
            && !line.StartsWith("| what |", StringComparison.Ordinal))
        .Select(line => line.Trim('|', ' ').Split(" | ").Select(cell => cell.Trim('`', ' ')).ToArray());

    static long Number(string limit)
    {
        var parts = Regex.Match(limit, "^([0-9]+)([KMG]i)?B?$");
        Assert.True(parts.Success, limit);
        var number = long.Parse(parts.Groups[1].Value, CultureInfo.InvariantCulture);
        return number << (10 * Math.Max(0, Array.IndexOf(Units, parts.Groups[2].Value + "B")));
    }

    static long OfKey(string key)
    {
        object value = new Settings { Election = "" };
        foreach (var part in key.Split('.'))
            value = value.GetType()
                .GetProperty(
                string.Concat(
                part.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])))!.GetValue(value)!;
        return Convert.ToInt64(value, CultureInfo.InvariantCulture);
    }

    static IEnumerable<long> OfMember(string source)
    {
        var (name, member) = source.Split('.') is [var first, var second] ? (first, second)
            : throw new InvalidOperationException(source);
        const BindingFlags any =
            BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        foreach (var type in Types.Where(type => type.Name == name && type.GetMember(member, any).Length > 0))
        {
            var value = type.GetField(member, any) is { } field ? field.GetValue(null)
                : type.GetProperty(member, any)!.GetValue(Activator.CreateInstance(type, nonPublic: true));
            yield return Convert.ToInt64(value, CultureInfo.InvariantCulture);
        }
    }
}
