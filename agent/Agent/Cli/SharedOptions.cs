using System.CommandLine;

namespace Difusor.Agent.Cli;

/// <summary>The options that every command takes (contract, section 9), and how a command reads them.</summary>
public static class SharedOptions
{
    public const string DefaultConfig = "/etc/difusor-agent/agent.yaml";
    const string ConfigName = "--config", JsonName = "--json", LanguageName = "--language";

    internal static void AddTo(Command root, CommandSyntax syntax)
    {
        var config = syntax.Option(ConfigName, "FILE");
        var json = syntax.Flag(JsonName);
        var language = syntax.OneOf(syntax.Option(LanguageName, "es|en"), "es", "en");
        config.Recursive = json.Recursive = language.Recursive = true;
        root.Add(config);
        root.Add(json);
        root.Add(language);
    }

    /// <summary>Returns the configuration file as an absolute path, and whether the operator named it.</summary>
    public static (string Path, bool Named) ConfigFile(this ParseResult parse) =>
        parse.GetValue<string?>(ConfigName) is { Length: > 0 } named ? (Path.GetFullPath(named), true)
            : (DefaultConfig, false);

    /// <summary>Returns whether the answer is for a machine.</summary>
    public static bool Json(this ParseResult parse) => parse.GetValue<bool>(JsonName);

    /// <summary>
    /// Returns the value of an option on a command line that is not parsed yet, because the language must be known
    /// before the first output.
    /// </summary>
    internal static string? Peek(IReadOnlyList<string> arguments, string option)
    {
        for (var at = 0; at < arguments.Count && arguments[at] != "--"; at++)
        {
            if (arguments[at] == option) return at + 1 < arguments.Count ? arguments[at + 1] : null;
            if (arguments[at].StartsWith(option + "=", StringComparison.Ordinal))
                return arguments[at][(option.Length + 1)..];
        }
        return null;
    }

    internal static string? PeekConfig(IReadOnlyList<string> arguments) => Peek(arguments, ConfigName);
    internal static string? PeekLanguage(IReadOnlyList<string> arguments) => Peek(arguments, LanguageName);
}
