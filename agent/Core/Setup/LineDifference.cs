namespace Difusor.Agent.Setup;

/// <summary>
/// Shows what changes in a text, line by line, as <c>diff -u</c> does: <c>-</c> removed, <c>+</c> new, a space for
/// unchanged lines around it.
/// </summary>
public static class LineDifference
{
    const int Around = 3;

    /// <summary>
    /// Returns the difference in hunks, each with three unchanged lines on both sides, and with the numbers of its
    /// lines in both texts.
    /// </summary>
    public static IEnumerable<string> Between(string? before, string? after)
    {
        var steps = Steps(Lines(before), Lines(after));
        var changes = Enumerable.Range(0, steps.Count).Where(at => steps[at][0] != ' ').ToList();
        for (int first = 0, last; first < changes.Count; first = last + 1)
        {
            last = first;
            while (last + 1 < changes.Count && changes[last + 1] - changes[last] <= (2 * Around) + 1) last++;
            var (from, to) = (Math.Max(0, changes[first] - Around), Math.Min(steps.Count, changes[last] + 1 + Around));
            yield return $"@@ -{Place(steps, from, to, '-')} +{Place(steps, from, to, '+')} @@";
            for (var at = from; at < to; at++) yield return steps[at];
        }
    }

    /// <summary>Returns where a hunk is in one of the two texts, as <c>diff -u</c> writes it.</summary>
    /// <param name="mark">The mark of the lines that only this text has.</param>
    static string Place(List<string> steps, int from, int to, char mark)
    {
        var before = steps.Take(from).Count(IsThere);
        var count = steps.Take(to).Count(IsThere) - before;
        return count switch
        {
            0 => $"{before},0",
            1 => $"{before + 1}",
            _ => $"{before + 1},{count}",
        };

        bool IsThere(string step) => step[0] == ' ' || step[0] == mark;
    }

    /// <summary>
    /// Returns all lines with their marks. Keeps the longest common sequence of lines (these texts are short).
    /// </summary>
    static List<string> Steps(string[] old, string[] fresh)
    {
        var common = old.Select(_ => new int[fresh.Length + 1]).Append(new int[fresh.Length + 1]).ToArray();
        for (var i = old.Length - 1; i >= 0; i--)
            for (var j = fresh.Length - 1; j >= 0; j--)
                common[i][j] = old[i] == fresh[j] ? common[i + 1][j + 1] + 1
                    : Math.Max(common[i + 1][j], common[i][j + 1]);
        var steps = new List<string>();
        for (int i = 0, j = 0; i < old.Length || j < fresh.Length;)
            if (i < old.Length && j < fresh.Length && old[i] == fresh[j])
            {
                steps.Add(" " + old[i]);
                (i, j) = (i + 1, j + 1);
            }
            else if (i < old.Length && (j == fresh.Length || common[i + 1][j] >= common[i][j + 1]))
                steps.Add("-" + old[i++]);
            else steps.Add("+" + fresh[j++]);
        return steps;
    }

    static string[] Lines(string? text) => string.IsNullOrEmpty(text) ? [] : text.TrimEnd('\n').Split('\n');
}
