using System.CommandLine;
using System.CommandLine.Parsing;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>
/// Says in our own words what is wrong with a command line, because those of System.CommandLine are in the language of
/// its resources.
/// </summary>
static class UsageErrors
{
    /// <returns>One sentence per error; none if the command line is valid.</returns>
    public static IReadOnlyList<string> Of(ParseResult parse, CliOutput voice)
    {
        if (parse.Errors.Count == 0) return [];
        var command = parse.CommandResult.Command;
        var said = new List<string>();
        foreach (var argument in command.Arguments)
            foreach (var token in parse.GetResult(argument)?.Tokens ?? [])
                if (IsLikeAnOption(token)) said.Add(Unknown(token.Value, command, voice));
        if (said.Count > 0) return said;
        foreach (var token in parse.UnmatchedTokens.Take(3)) said.Add(Unknown(token, command, voice));
        if (said.Count > 0) return said;
        if (command.Subcommands.Count > 0 && command.Action is null)
            said.Add(
                voice.Text(
                "usage.no-command",
                ("commands", string.Join(", ", command.Subcommands.Select(member => member.Name)))));
        foreach (var option in command.Options.Where(
            option => option.Required && (parse.GetResult(option) is null or { Implicit: true })))
            said.Add(voice.Text("usage.missing-option", ("option", HelpPage.Shown(option))));
        foreach (var argument in command.Arguments.Where(
            argument => argument.Arity.MinimumNumberOfValues > (parse.GetResult(argument)?.Tokens.Count ?? 0)))
            said.Add(voice.Text("usage.missing-argument", ("argument", argument.Name)));
        foreach (var error in parse.Errors) Add(said, error, voice);
        return said;
    }

    static void Add(List<string> said, ParseError error, CliOutput voice)
    {
        switch (error.SymbolResult)
        {
            case OptionResult { Implicit: false, Tokens.Count: 0, Option: { Arity.MinimumNumberOfValues: > 0 } option }:
                Once(voice.Text("usage.no-value", ("option", option.Name), ("value", option.HelpName)));
                break;
            case OptionResult { Option: { Arity.MaximumNumberOfValues: 1 } option } result when result.Tokens.Count > 1
                || result.IdentifierTokenCount > 1:
                Once(voice.Text("usage.twice", ("option", option.Name)));
                break;
            case OptionResult { Implicit: false } or ArgumentResult when said.Count == 0
                || error.SymbolResult is OptionResult:
                Once(error.Message);
                break;
            default:
                if (said.Count == 0) said.Add(error.Message);
                break;
        }

        void Once(string sentence)
        {
            if (!said.Contains(sentence)) said.Add(sentence);
        }
    }

    internal static bool IsLikeAnOption(Token token) => token.Value is ['-', _, ..];

    static string Unknown(string token, Command command, CliOutput voice)
    {
        var known = token.StartsWith('-')
            ? command.Options.Concat(HelpPage.Shared(command)).Select(option => option.Name)
            : command.Subcommands.Select(member => member.Name);
        return Spelling.Nearest(token, known) is { } near
            ? voice.Text("usage.unknown-near", ("found", token), ("near", near))
            : voice.Text("usage.unknown", ("found", token));
    }
}
