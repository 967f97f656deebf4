using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>
/// Shows the help of one command in the chosen language: what it does, how it is called, its parts, and examples.
/// </summary>
sealed class HelpPage(CliOutput voice) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Show(parseResult.CommandResult.Command);
        return (int)ExitCode.Done;
    }

    public void Show(Command command)
    {
        var path = PathOf(command);
        voice.Line(command.Description ?? "");
        if (HelpText.Of(path).Changes == false) voice.Line(voice.Text("help.only-shows"));
        voice.Line();
        Heading("help.usage");
        voice.Line("  " + Usage(command, voice.Language));
        Section("help.commands",
            command.Subcommands.Where(member => !member.Hidden)
            .Select(member => (Synopsis(member), member.Description)));
        Section("help.arguments", command.Arguments.Select(argument => (Shown(argument), argument.Description)));
        var own = command.Options.Where(
            option => !option.Hidden && !option.Recursive && option is not HelpOption and not VersionOption);
        Section("help.options", own.Select(option => (Shown(option), Describe(option))));
        Section("help.shared", Shared(command).Select(option => (Shown(option), option.Description)));
        if (HelpText.Of(path).Examples is not { Count: > 0 } examples) return;
        voice.Line();
        Heading("help.examples");
        foreach (var example in examples)
        {
            voice.Line("  " + voice.Paint(Tone.Quiet, "# " + example.Does.In(voice.Language)));
            voice.Line("  " + example.Run);
        }
    }

    /// <summary>
    /// Returns how a command is called, after the program's name: <c>releases activate</c>; empty for the program
    /// itself.
    /// </summary>
    public static string PathOf(Command command)
    {
        if (command is RootCommand) return "";
        var above = command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? PathOf(parent) : "";
        return above.Length == 0 ? command.Name : above + " " + command.Name;
    }

    /// <summary>Returns the options of the program that apply to every command.</summary>
    public static IEnumerable<Option> Shared(Command command)
    {
        var root = command;
        while (root.Parents.OfType<Command>().FirstOrDefault() is { } parent) root = parent;
        return root.Options.Where(
            option => option.Recursive || option is HelpOption || (option is VersionOption && command == root));
    }

    public static string Shown(Option option) =>
        option.Arity.MaximumNumberOfValues == 0 ? option.Name : $"{option.Name} {option.HelpName}";

    static string Shown(Argument argument) =>
        argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]"
        : argument.Arity.MaximumNumberOfValues > 1 ? argument.Name + "..." : argument.Name;

    static string Synopsis(Command command) =>
        string.Join(
            ' ', [command.Name, .. command.Arguments.Select(Shown),
            .. command.Options.Where(option => option.Required).Select(Shown)]);

    /// <summary>
    /// Returns the word for a value, as in <c>--reason TEXT</c>; options and commands keep their names.
    /// </summary>
    public static string Value(Language language, string name) =>
        Messages.Has($"value.{name}") ? Messages.Say(language, $"value.{name}") : name;

    /// <summary>Returns the options that every command takes, as a usage line has them.</summary>
    public static string Everywhere(Language language) =>
        $"[--config {Value(language, "FILE")}] [--json] [--language es|en]";

    public static string Usage(Command command, Language language)
    {
        var words = new List<string> { "difusor-agent" };
        if (PathOf(command) is { Length: > 0 } path) words.Add(path);
        if (command.Subcommands.Count > 0)
            words.Add(
                command is RootCommand ? Value(language, "COMMAND")
                : string.Join('|', command.Subcommands.Select(member => member.Name)));
        words.AddRange(command.Arguments.Select(Shown));
        foreach (var option in command.Options.Where(
            option => !option.Recursive && option is not HelpOption and not VersionOption))
        {
            var shown = option.Required ? Shown(option) : $"[{Shown(option)}]";
            words.Add(option.Arity.MaximumNumberOfValues > 1 ? shown + "..." : shown);
        }
        words.Add(Everywhere(language));
        return string.Join(' ', words);
    }

    string? Describe(Option option) =>
        option.Required ? $"{option.Description} {voice.Text("help.required")}" : option.Description;

    void Heading(string key) => voice.Line(voice.Paint(Tone.Strong, voice.Text(key)));

    void Section(string heading, IEnumerable<(string Name, string? Description)> rows)
    {
        var listed = rows.ToList();
        if (listed.Count == 0) return;
        voice.Line();
        Heading(heading);
        var left = Math.Min(36, listed.Max(row => row.Name.Length)) + 4;
        foreach (var (name, description) in listed)
        {
            var lines = Wrapped(description ?? "", Math.Max(24, Math.Min(voice.Surface.Width, 110) - left));
            voice.Line(name.Length + 4 > left ? "  " + name : ("  " + name).PadRight(left) + lines[0]);
            foreach (var line in name.Length + 4 > left ? lines : lines.Skip(1))
                voice.Line(new string(' ', left) + line);
        }
    }

    static List<string> Wrapped(string text, int width)
    {
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' '))
            if (lines[^1].Length == 0) lines[^1] = word;
            else if (lines[^1].Length + 1 + word.Length <= width) lines[^1] += " " + word;
            else lines.Add(word);
        return lines;
    }
}
