using System.CommandLine;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>
/// Makes the symbols of a command with their descriptions from help.json. <paramref name="path"/> is how the command is
/// called: <c>"status"</c>, <c>"releases activate"</c>.
/// </summary>
public sealed class CommandSyntax(string path, CliOutput voice)
{
    readonly HelpText texts = HelpText.Of(path);

    /// <summary>Returns a command that does something.</summary>
    public Command Command(Func<ParseResult, ExitCode> run, params ReadOnlySpan<Symbol> parts)
    {
        var command = new Command(path[(path.LastIndexOf(' ') + 1)..], Description);
        foreach (var part in parts)
            if (part is Option option) command.Add(option);
            else command.Add((Argument)part);
        command.SetAction(parse => (int)run(parse));
        return command;
    }

    /// <summary>Returns a command that only groups others.</summary>
    public Command Group(params ReadOnlySpan<Command> members)
    {
        var command = new Command(path[(path.LastIndexOf(' ') + 1)..], Description);
        foreach (var member in members) command.Add(member);
        return command;
    }

    /// <summary>Returns an option with a value: <c>--reason TEXT</c>.</summary>
    public Option<string> Option(string name, string value, bool required = false) =>
        new(name) { Description = Describe(name), HelpName = Value(value), Required = required };

    /// <summary>Returns an option whose value may be left out: <c>--html</c>, <c>--html FILE</c>.</summary>
    public Option<string> OptionalValue(string name, string value) =>
        new(name) { Description = Describe(name), HelpName = Value(value), Arity = ArgumentArity.ZeroOrOne };

    /// <summary>
    /// Returns <c>--reason TEXT</c>, which an operator's actions require, because it goes to the journal.
    /// </summary>
    public Option<string> Reason()
    {
        var reason = Option("--reason", "TEXT", required: true);
        reason.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && (string.IsNullOrWhiteSpace(text) || text.Length > OperatorCommand.LongestReason))
                result.AddError(voice.Text("usage.reason", ("longest", OperatorCommand.LongestReason)));
        });
        return reason;
    }

    /// <summary>Returns an option that may be given several times: <c>--waive CODE</c>.</summary>
    public Option<string[]> Options(string name, string value) =>
        new(name) { Description = Describe(name), HelpName = Value(value), Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false };

    /// <summary>Returns an option without a value: <c>--watch</c>.</summary>
    public Option<bool> Flag(string name) => new(name) { Description = Describe(name), Arity = ArgumentArity.Zero };

    public Argument<string> Argument(string name) =>
        NoOption(new Argument<string>(Value(name)) { Description = Describe(name), Arity = ArgumentArity.ExactlyOne });

    /// <summary>Returns an argument that may be left out: <c>[ID]</c>.</summary>
    public Argument<string?> OptionalArgument(string name) =>
        NoOption(new Argument<string?>(Value(name)) { Description = Describe(name), Arity = ArgumentArity.ZeroOrOne });

    /// <summary>Returns an argument that is given once or more: <c>PATH...</c></summary>
    public Argument<string[]> Arguments(string name) =>
        NoOption(new Argument<string[]>(Value(name)) { Description = Describe(name), Arity = ArgumentArity.OneOrMore });

    /// <summary>
    /// Refuses an argument that looks like an option: an unknown option is not a path. A path that begins like one is
    /// written <c>./-name</c>.
    /// </summary>
    static Argument<T> NoOption<T>(Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            // UsageErrors writes the message.
            if (result.Tokens.FirstOrDefault(UsageErrors.IsLikeAnOption) is { } option) result.AddError(option.Value);
        });
        return argument;
    }

    /// <summary>
    /// Refuses a value that is not one of <paramref name="allowed"/>, and offers these to completion.
    /// </summary>
    public Option<T> OneOf<T>(Option<T> option, params IReadOnlyList<string> allowed)
    {
        option.CompletionSources.Add([.. allowed]);
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (!allowed.Contains(token.Value))
                    result.AddError(
                        voice.Text(
                        "usage.one-of", ("option", option.Name), ("found", token.Value),
                        ("allowed", string.Join(", ", allowed))));
        });
        return option;
    }

    string Value(string name) => HelpPage.Value(voice.Language, name);

    /// <summary>Gets what the command does.</summary>
    internal string Description => texts.Does.In(voice.Language);

    /// <summary>Returns what a part of the command is for.</summary>
    internal string Describe(string name) => Filled(texts.Parts[name].In(voice.Language));

    /// <summary>Returns a text of help.json with what the program knows better than the file.</summary>
    public static string Filled(string text) =>
        text.Replace("{waivable}", string.Join(", ", ReasonCodes.Waivable), StringComparison.Ordinal);
}
