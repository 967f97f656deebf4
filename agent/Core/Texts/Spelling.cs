namespace Difusor.Agent.Texts;

/// <summary>Guesses what a person meant by an unknown word.</summary>
public static class Spelling
{
    /// <summary>
    /// Returns the known word with the fewest edits (Levenshtein, or two neighbours swapped) from
    /// <paramref name="word"/>; null if none is near.
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length is 0 or > 64) return null;
        string? nearest = null;
        var fewest = Math.Max(1, word.Length / 3) + 1;
        foreach (var candidate in known)
            if (Math.Abs(candidate.Length - word.Length) < fewest && Distance(word, candidate) is var distance
                && distance < fewest)
                (nearest, fewest) = (candidate, distance);
        return nearest;
    }

    static int Distance(string from, string to)
    {
        int[] before = [], last = new int[to.Length + 1];
        for (var column = 0; column <= to.Length; column++) last[column] = column;
        for (var row = 1; row <= from.Length; row++)
        {
            var current = new int[to.Length + 1];
            current[0] = row;
            for (var column = 1; column <= to.Length; column++)
            {
                var same = from[row - 1] == to[column - 1] ? 0 : 1;
                current[column] =
                    Math.Min(Math.Min(last[column] + 1, current[column - 1] + 1), last[column - 1] + same);
                if (row > 1 && column > 1 && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1])
                    current[column] = Math.Min(current[column], before[column - 2] + 1);
            }
            (before, last) = (last, current);
        }
        return last[^1];
    }
}
