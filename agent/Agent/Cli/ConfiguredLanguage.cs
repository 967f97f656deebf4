using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>
/// Finds the language of a configuration file before the file is really read, because its problems must be reported in
/// that language too.
/// </summary>
static class ConfiguredLanguage
{
    const int Limit = 256 << 10;

    /// <returns>The language; null if the file cannot be read.</returns>
    public static Language? Peek(string path)
    {
        try
        {
            using var file = new StreamReader(path);
            for (var read = 0; read < Limit && file.ReadLine() is { } line; read += line.Length + 1)
                if (line.StartsWith("language:", StringComparison.Ordinal))
                    return line["language:".Length..].Split('#')[0].Trim().Trim('"', '\'') == "en" ? Language.En
                        : Language.Es;
            return Language.Es;
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
