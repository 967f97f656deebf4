using System.Text.RegularExpressions;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Texts;

/// <summary>docs/terminology.md and the Spanish texts say the same words.</summary>
public class GlossaryTests
{
    /// <summary>Of the table of words for people; the table of the code's words has fewer.</summary>
    const int Columns = 5;

    static readonly string[][] Rows =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "docs/terminology.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())
            .TakeWhile(cells => cells.Length == Columns),
    ];

    [Fact]
    public void NoSpanishTextSaysWhatTheGlossaryRefuses()
    {
        var refused = Rows.SelectMany(
            row => row[4].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.True(refused.Count > 20, "the glossary's table was not read");
        var found = from text in Spanish()
                    let words = Plain(text)
                    from word in refused
                    where Regex.IsMatch(words, $@"(?<![\w-]){Regex.Escape(word)}(?![\w-])", RegexOptions.IgnoreCase)
                    select $"{word}: {text}";
        Assert.Empty(found);
    }

    [Fact]
    public void EachWordOfTheGlossaryIsUsed()
    {
        var all = string.Join('\n', Spanish()).ToLowerInvariant();
        Assert.All(Rows.Select(row => row[0].Split(['(', ','])[0].Trim()), word => Assert.Contains(word, all));
    }

    static IEnumerable<string> Spanish() =>
        Messages.All.Values.Select(text => text.Es)
            .Concat(EventCatalogue.All.SelectMany(entry => new[] { entry.When.Es, entry.Sentence.Es, entry.Action.Es }))
            .Concat(TroubleCatalogue.All.SelectMany(
                entry => new[] { entry.What.Es, entry.Sentence.Es, entry.EndsBy.Es }))
            .Concat(new[] { ReasonCatalogue.Rejections, ReasonCatalogue.Warnings, ReasonCatalogue.Holds }.SelectMany(
                section => section.Values).SelectMany(
                entry => new[] { entry.Means.Es, entry.Mend.Es, entry.Said?.Es ?? "" }))
            .Concat(HelpText.All.Values.SelectMany(text => text.Parts.Values.Append(text.Does)).Select(text => text.Es))
            .Concat(KeyTexts.Settings.All.Values.Concat(KeyTexts.Profile.All.Values).Select(text => text.Es))
            .Concat(Details.All.Select(detail => detail.Text.Es));

    /// <summary>Without what is code: options, commands of ours, paths, values in braces.</summary>
    static string Plain(string text) =>
        Regex.Replace(
            text, @"difusor-agent(@\w+)?( (journal|releases|config))?( "
            + @"\w+)?|--[\w-]+|\{\w+\}|/[\w./*-]+|\b[\w-]+\.[\w.]+\b|«[^»]*»|journal "
            + @"(show|verify|export)|releases (list|resume|activate)", " ");
}
