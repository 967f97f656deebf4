using System.Collections.Frozen;
using System.Text.Json;

namespace Difusor.Agent.Texts;

/// <summary>An example in the help: the command line, and what it does.</summary>
public sealed record HelpExample(string Run, Text Does);

/// <summary>
/// What help.json says about one command: its purpose, its options and arguments by name, and examples.
/// </summary>
/// <param name="Changes">Whether it changes anything, on the host or in what is published; null for a group.</param>
public sealed record HelpText(
    Text Does, bool? Changes, FrozenDictionary<string, Text> Parts, IReadOnlyList<HelpExample> Examples)
{
    static readonly Lazy<FrozenDictionary<string, HelpText>> Commands = new(Read);

    /// <summary>
    /// Returns the texts of a command by its path: <c>"status"</c>, <c>"releases activate"</c>; <c>""</c> is the
    /// program itself.
    /// </summary>
    public static HelpText Of(string path) => Commands.Value[path];

    internal static IReadOnlyDictionary<string, HelpText> All => Commands.Value;

    static FrozenDictionary<string, HelpText> Read()
    {
        using var file = TextFile.Read("help.json");
        return file.RootElement.EnumerateObject()
            .ToFrozenDictionary(command => command.Name, command => Read(command.Value));
    }

    static HelpText Read(JsonElement command)
    {
        var parts = command.TryGetProperty("parts", out var named)
            ? named.EnumerateObject().ToFrozenDictionary(part => part.Name, part => TextFile.Both(part.Value))
                : FrozenDictionary<string, Text>.Empty;
        var examples = command.TryGetProperty("examples", out var listed)
            ? listed.EnumerateArray()
                .Select(example => new HelpExample(example.GetProperty("run").GetString()!, TextFile.Both(example)))
                .ToList() : [];
        bool? changes = command.TryGetProperty("changes", out var told) ? told.GetBoolean() : null;
        return new HelpText(TextFile.Both(command.GetProperty("does")), changes, parts, examples);
    }
}
