namespace Difusor.Agent.Configuration;

/// <summary>The variables that <c>notify.environment</c> gives to the command; this is where its secrets are.</summary>
public sealed record CommandEnvironment(IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>The largest size of such a file, in bytes.</summary>
    public const int Limit = 64 << 10;

    const int MostVariables = 256, LongestName = 128;

    public static CommandEnvironment None { get; } = new(new Dictionary<string, string>());

    /// <summary>
    /// Reads lines <c>NAME=value</c>, strictly: the value is the rest of the line, or the text inside one pair of
    /// quotes around it. Skips empty lines and those that begin with <c>#</c>. Messages name the line, but never quote
    /// it.
    /// </summary>
    /// <param name="bytes">The file's contents, whatever they are.</param>
    /// <param name="file">Its path, for messages.</param>
    public static Reading<CommandEnvironment> Read(ReadOnlySpan<byte> bytes, string file)
    {
        var problems = new Problems(file);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (bytes.Length > Limit) problems.Add(Position.Start, "config.too-large", ("limit", Quantity.ShowSize(Limit)));
        else if (YamlText.Decode(bytes, problems) is { } text)
        {
            var lines = text.Split('\n');
            for (var at = 0; at < lines.Length && problems.Found.Count == 0; at++)
                Take(lines[at].TrimEnd('\r'), at + 1, variables, problems);
        }
        var value = problems.Found.Count == 0 ? new CommandEnvironment(variables) : null;
        return new(file, value, problems.Found, problems.Places);
    }

    static void Take(string line, int number, Dictionary<string, string> variables, Problems problems)
    {
        if (line.AsSpan().Trim(' ').IsEmpty || line[0] == '#') return;
        Position At(int column) => new(number, column + 1);
        var end = line.IndexOf('=', StringComparison.Ordinal);
        if (end <= 0 || !IsName(line.AsSpan(0, end))) problems.Add(At(0), "config.environment-line");
        else if (line.AsSpan().IndexOfAnyInRange('\0', '\u001f') is var control and >= 0)
            problems.Add(At(control), "config.environment-control");
        else if (Unquoted(line[(end + 1)..]) is not { } value) problems.Add(At(end + 1), "config.environment-quote");
        else if (variables.Count == MostVariables)
            problems.Add(At(0), "config.environment-many", ("most", MostVariables));
        else if (!variables.TryAdd(line[..end], value))
            problems.Add(At(0), "config.environment-repeated", ("name", line[..end]));
    }

    static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length > LongestName || char.IsAsciiDigit(name[0])) return false;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        return true;
    }

    /// <summary>
    /// Returns the value without one pair of quotes around it; null if a quote at its start has no partner at its end.
    /// </summary>
    static string? Unquoted(string value)
    {
        if (value.Length == 0 || value[0] is not ('"' or '\'')) return value;
        return value.Length > 1 && value.IndexOf(value[0], 1) == value.Length - 1 ? value[1..^1] : null;
    }
}
