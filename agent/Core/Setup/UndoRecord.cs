using System.Security.Cryptography;

namespace Difusor.Agent.Setup;

/// <summary>
/// What <c>--undo</c> must know, as the lines of <see cref="SetupInstance.Record"/>: the words of a command, separated
/// by tabs, or a mark and its value.
/// </summary>
sealed class UndoRecord(string text)
{
    /// <summary>Marks agent.yaml as setup's own: the SHA-256 of the text that setup gave it last.</summary>
    const string Written = "=written";
    /// <summary>Marks the election that agent.yaml named before setup.</summary>
    const string Election = "=election";

    readonly List<string> lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    public static UndoRecord Of(SetupInstance instance, HostFacts host) =>
        new(host.Files.GetValueOrDefault(instance.Record, ""));

    /// <summary>Gets the commands, oldest first.</summary>
    public IEnumerable<string[]> Commands => lines.Where(line => line[0] != '=').Select(line => line.Split('\t'));

    /// <summary>Gets the election that was there before setup named another; null if setup named none.</summary>
    public string? FormerElection => Value(Election);

    /// <summary>Gets whether setup made agent.yaml.</summary>
    public bool MadeConfiguration => Value(Written) is not null;

    /// <summary>Returns whether a text is what setup wrote last, so nobody has edited it since then.</summary>
    public bool IsOwn(string text) => Value(Written) == Sum(text);

    /// <summary>Adds commands that are not there yet, after those that are.</summary>
    public void Add(IEnumerable<IReadOnlyList<string>> commands)
    {
        foreach (var line in commands.Select(words => string.Join('\t', words)))
            if (!lines.Contains(line)) lines.Add(line);
    }

    /// <summary>Notes a change of agent.yaml.</summary>
    /// <param name="former">The election that it named before; null if the change leaves it.</param>
    public void Note(FileChange configuration, string? former)
    {
        if (configuration.Before is not { } before || IsOwn(before)) Set(Written, Sum(configuration.After ?? ""));
        else if (former is not null && !MadeConfiguration && FormerElection is null) Set(Election, former);
    }

    /// <summary>Returns the text of the record with only some of its commands, and with the marks if they are asked
    /// for; null if nothing is left.</summary>
    public string? Left(Func<string[], bool> stays, bool withMarks)
    {
        var left = string.Concat(
            lines.Where(line => line[0] == '=' ? withMarks : stays(line.Split('\t'))).Select(line => line + "\n"));
        return left.Length == 0 ? null : left;
    }

    public override string ToString() => string.Concat(lines.Select(line => line + "\n"));

    string? Value(string mark) =>
        lines.FirstOrDefault(line => line.StartsWith(mark + "\t", StringComparison.Ordinal))?[(mark.Length + 1)..];

    void Set(string mark, string value)
    {
        lines.RemoveAll(line => line.StartsWith(mark + "\t", StringComparison.Ordinal));
        lines.Add($"{mark}\t{value}");
    }

    static string Sum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
