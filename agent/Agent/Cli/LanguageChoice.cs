using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>
/// Chooses the language: --language, or else the configuration file, or else the locale, or else Spanish.
/// </summary>
public static class LanguageChoice
{
    /// <param name="named">The value of --language, valid or not.</param>
    /// <param name="configured">The language of the configuration file, or its default; null if there is no such
    /// file.</param>
    /// <param name="locale">The first of LC_ALL, LC_MESSAGES and LANG that is set.</param>
    public static Language Choose(string? named, Language? configured, string? locale) =>
        Named(named) ?? configured ?? Named(locale?.Split('_', '.', '@')[0]) ?? Language.Es;

    /// <summary>Returns the locale for messages, as setlocale(3) finds it.</summary>
    public static string? LocaleOfProcess() =>
        Variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value));

    static readonly string[] Variables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    static Language? Named(string? text) => text switch { "es" => Language.Es, "en" => Language.En, _ => null };
}
