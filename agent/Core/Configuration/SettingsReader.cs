namespace Difusor.Agent.Configuration;

/// <summary>The result of reading a configuration file: either a value or all problems, never both.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Places">
/// The positions of the values of the file's keys: <c>"election"</c>, <c>"drop.settle"</c>.
/// </param>
public sealed record Reading<T>(
    string File, T? Value, IReadOnlyList<ConfigProblem> Problems, IReadOnlyDictionary<string, Position> Places) where T
        : class;

/// <summary>
/// Reads agent.yaml, strictly: a key or value that is unknown, repeated, of a wrong type or out of range is a problem
/// with its position (contract, section 5).
/// </summary>
public static class SettingsReader
{
    /// <summary>The largest size of a configuration file, in bytes.</summary>
    public const int Limit = YamlText.Limit;

    /// <summary>How often a file that is not YAML is read again, each time with fewer lines.</summary>
    const int MostCuts = 32;

    /// <summary>Returns whether <c>election</c> names a file, and not a profile's id.</summary>
    public static bool IsPath(string election) => SettingsShape.IsPath(election);

    /// <param name="bytes">The file's contents, whatever they are.</param>
    /// <param name="file">Its absolute path, for messages and for relative paths.</param>
    public static Reading<Settings> Read(ReadOnlySpan<byte> bytes, string file)
    {
        var problems = new Problems(file);
        var folder = file[..Math.Max(0, file.LastIndexOf('/'))];
        Settings? settings = null;
        if (YamlText.Read(bytes, problems) is { } document
            && SettingsShape.In(folder).TryRead(document, "", problems, out var read)) settings = read;
        return new(file, settings, problems.Found, problems.Places);
    }

    /// <summary>
    /// Reads what can still be read of a file that has problems. Every other key has its default; <c>election</c> is
    /// empty then. Of a file that is not YAML, what comes before the mistake is read.
    /// </summary>
    /// <param name="bytes">The file's contents, whatever they are; none if it cannot be read.</param>
    /// <param name="file">Its absolute path, for relative paths.</param>
    public static Settings ReadWhatFits(ReadOnlySpan<byte> bytes, string file)
    {
        var folder = file[..Math.Max(0, file.LastIndexOf('/'))];
        for (var cut = 0; cut < MostCuts && bytes.Length > 0; cut++)
        {
            var problems = new Problems(file) { KeepsWhatFits = true };
            if (YamlText.Read(bytes, problems) is { } document)
            {
                SettingsShape.In(folder).TryRead(document, "", problems, out var settings);
                return settings;
            }
            bytes = Before(bytes, problems.Found[0].At.Line);
        }
        return new Settings { Election = "" };
    }

    /// <summary>Returns the lines before one, and at least one line fewer than there are.</summary>
    static ReadOnlySpan<byte> Before(ReadOnlySpan<byte> bytes, int line)
    {
        var end = 0;
        for (var at = 1; at < line && bytes[end..].IndexOf((byte)'\n') is var next and >= 0; at++) end += next + 1;
        return end < bytes.Length ? bytes[..end] : bytes[..Math.Max(0, bytes[..^1].LastIndexOf((byte)'\n') + 1)];
    }
}
