using System.Text.RegularExpressions;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Texts;

public partial class MessagesTests
{
    /// <summary>
    /// A key is a text of two words, the first of which is a section, wherever it stands. What a call says is one even
    /// where it has no section; the name of a file is none.
    /// </summary>
    [Fact]
    public void EveryKeyThatTheSourcesSayExists()
    {
        var sections = Messages.All.Keys.Select(key => key.Split('.')[0]).ToHashSet();
        var missing = from file in Repository.Sources()
                      let source = File.ReadAllText(file)
                      from key in SaidKey().Matches(source).Select(said => said.Groups[1].Value)
                          .Union(AnyKey().Matches(source).Select(any => any.Groups[1].Value)
                              .Where(any => sections.Contains(any.Split('.')[0]) && !FileName().IsMatch(any)))
                      where !Messages.All.ContainsKey(key)
                      select $"{Path.GetFileName(file)}: {key}";
        Assert.Empty(missing);
    }

    [Fact]
    public void BothLanguagesNameTheSameValues() =>
        Assert.Empty(from message in Messages.All
                     where !Placeholders(message.Value.Es).SetEquals(Placeholders(message.Value.En))
                     select message.Key);

    [Fact]
    public void NoLanguageIsLeftEmpty() =>
        Assert.Empty(
            Messages.All.Where(
            message =>
            string.IsNullOrWhiteSpace(message.Value.Es)
            || string.IsNullOrWhiteSpace(message.Value.En)).Select(message => message.Key));

    [Fact]
    public void AValueGoesWhereTheSentenceNamesIt() =>
        Assert.Equal("The journal is NOT intact. 000001.jsonl, line 7 (record {seq}): a {line} that was cut",
            Messages.Say(
                Language.En, "journal.chain-broken", ("line", 7), ("file", "000001.jsonl"),
                ("problem", "a {line} that was cut")));

    [Fact]
    public void AMissingKeyIsShownAndDoesNotThrow() =>
        Assert.Equal("no.such-key line=7", Messages.Say(Language.Es, "no.such-key", ("line", 7)));

    internal static HashSet<string> Placeholders(string template) =>
        [.. Placeholder().Matches(template).Select(match => match.Value)];

    [GeneratedRegex("""\b(?:Say|Text|Fail)\(\s*(?:[A-Za-z.]+,\s*)?"([a-z][a-z0-9-]*\.[a-z0-9.-]+)" """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex SaidKey();

    [GeneratedRegex("""(?<!\$)"([a-z][a-z0-9-]*\.[a-z0-9][a-z0-9.-]*)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex AnyKey();

    [GeneratedRegex(@"\.(json|css|js|txt|csv|tsv|html|sh)$")]
    private static partial Regex FileName();

    [GeneratedRegex(@"\{[a-z_0-9]+\}")]
    private static partial Regex Placeholder();
}
