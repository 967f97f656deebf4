using System.CommandLine;
using Difusor.Agent.Cli;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Shipped;

/// <summary>Writes the lists of the contract, each between its own two marks. The rest is written by hand.</summary>
static class ContractPage
{
    public const string Path = "docs/contract.md";
    const int CodesInALine = 5;

    public static string Of(string root)
    {
        var page = File.ReadAllText(System.IO.Path.Combine(root, Path));
        foreach (var (name, list) in new[]
        {
            ("keys", Keys()),
            ("reasons", Codes(Enum.GetValues<ReasonCode>().Select(reason => reason.Code()))
                + $"\n`publish --waive` takes of these:\n\n{Codes(ReasonCodes.Waivable)}"),
            ("gate reasons", Codes(Enum.GetValues<GateReason>().Select(reason => reason.Code()))),
            ("commands", Commands()),
            ("events", Events()),
        }) page = Between(page, $"<!-- {name}: made by `make shipped` -->\n", list, $"\n<!-- end of the {name} -->\n");
        return page;
    }

    static string Between(string page, string begin, string list, string end) =>
        page.Split(begin) is [var before, var rest] && rest.Split(end) is [_, var after]
            ? $"{before}{begin}{list}{end}{after}"
            : throw new InvalidDataException($"{Path} does not have once: {begin}{end}");

    /// <summary>The file that ships, with comments in English and without the line for editors.</summary>
    static string Keys()
    {
        var file = SettingsWriter.Commented("ieem-2021", Language.Es, comments: Language.En);
        return $"```yaml\n{file[(file.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]}```\n";
    }

    static string Codes(IEnumerable<string> codes) =>
        string.Concat(
            codes.Select(code => $"`{code}`").Chunk(CodesInALine).Select(line => $"{string.Join(' ', line)}\n"));

    static string Commands() =>
        "| command | does |\n|---|---|\n" + string.Concat(
            CommandTree.All(Language.En)
                .Where(command => command is not RootCommand && command.Subcommands.Count == 0)
                .Select(command => $"| `{Usage(command)}` | {command.Description} |\n"));

    /// <summary>What is typed, without the program's name and the options of every command.</summary>
    static string Usage(Command command) =>
        HelpPage.Usage(command, Language.En)
            .Replace($" {HelpPage.Everywhere(Language.En)}", "", StringComparison.Ordinal)["difusor-agent ".Length..];

    static string Events() =>
        "| MSGID | severity | when |\n|---|---|---|\n" + string.Concat(
            EventCatalogue.All.Select(entry =>
                $"| `{entry.Id}` | {CataloguePages.SeverityOf(entry, Language.En)} | {entry.When.En} |\n"));
}
