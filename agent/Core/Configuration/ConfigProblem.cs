using Difusor.Agent.Texts;

namespace Difusor.Agent.Configuration;

/// <summary>A place in a text: lines and columns count from 1, columns in characters.</summary>
public readonly record struct Position(int Line, int Column)
{
    public static Position Start { get; } = new(1, 1);
}

/// <summary>One problem in a configuration file: where it is, what was found and what was expected.</summary>
public sealed record ConfigProblem(string File, Position At, Said What)
{
    /// <summary>Gets <c>FILE:LINE:COLUMN</c>, as editors and compilers write it.</summary>
    public string Place => $"{File}:{At.Line}:{At.Column}";

    /// <summary>Returns the place and what is wrong there.</summary>
    public string In(Language language) => $"{Place}: {Text(language)}";

    /// <summary>Returns what is wrong, without the place.</summary>
    public string Text(Language language) => What.In(language);
}

/// <summary>All problems of one file, collected while it is read, and the position of each of its keys.</summary>
sealed class Problems(string file)
{
    const int Most = 100;
    readonly List<ConfigProblem> found = [];
    readonly Dictionary<string, Position> keys = [];

    /// <summary>Gets whether the keys of a mapping that fit are kept, though others in it do not.</summary>
    public bool KeepsWhatFits { get; init; }

    public IReadOnlyList<ConfigProblem> Found => found;
    public IReadOnlyDictionary<string, Position> Places => keys;

    public void Add(Position at, string key, params (string Name, object? Value)[] values)
    {
        if (found.Count < Most) found.Add(new ConfigProblem(file, at, new Said(key, values)));
    }

    /// <summary>
    /// Adds the standard sentence for a value that has the wrong kind, is out of range, or cannot be read.
    /// </summary>
    public void AddWrong(YamlNode node, string place, Said expected, object found) =>
        Add(node.At, "config.wrong", ("key", place), ("found", found), ("expected", expected));

    /// <summary>Returns a separate collection for problems that the caller will describe in other words.</summary>
    public Problems Scratch() => new(file);

    public void Remember(string place, Position at) => keys.TryAdd(place, at);

    /// <summary>
    /// Returns the position of the value of the first of these keys that is in the file; the file's start if none is.
    /// </summary>
    public Position Of(params ReadOnlySpan<string> places)
    {
        foreach (var place in places)
            if (keys.TryGetValue(place, out var position)) return position;
        return Position.Start;
    }
}
