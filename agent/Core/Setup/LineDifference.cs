namespace Difusor.Agent.Setup;

/// <summary>
/// Shows what changes in a text, line by line, as <c>diff -u</c> does: <c>-</c> removed, <c>+</c> new, a space for
/// unchanged lines around it, and where each part begins and how long it is.
/// </summary>
public static class LineDifference
{
    const int Around = 3;

    public static IEnumerable<string> Between(string? before, string? after)
    {
        var lines = Marked(Lines(before), Lines(after));
        var (end, old, fresh) = (0, 0, 0);
        while (lines.FindIndex(end, IsChange) is var first and >= 0)
        {
            // Changes whose surroundings would meet are shown together.
            var last = first;
            for (var at = first + 1; at < lines.Count && at - last <= 2 * Around; at++)
                if (IsChange(lines[at])) last = at;
            var from = Math.Max(end, first - Around);
            Count(lines[end..from], ref old, ref fresh);
            end = Math.Min(lines.Count, last + 1 + Around);
            var shown = lines[from..end];
            var (oldStart, freshStart) = (old, fresh);
            Count(shown, ref old, ref fresh);
            yield return $"@@ -{Part(oldStart, old)} +{Part(freshStart, fresh)} @@";
            foreach (var line in shown) yield return line;
        }
    }

    static bool IsChange(string line) => line[0] != ' ';

    /// <summary>Counts the lines of the old and of the new text.</summary>
    static void Count(List<string> lines, ref int old, ref int fresh)
    {
        old += lines.Count(line => line[0] != '+');
        fresh += lines.Count(line => line[0] != '-');
    }

    /// <summary>Returns a part's first line and length; of an empty part, the line before it.</summary>
    static string Part(int start, int end) => end == start ? $"{start},0" : $"{start + 1},{end - start}";

    /// <summary>Returns all lines of both texts, each with its mark.</summary>
    static List<string> Marked(string[] old, string[] fresh)
    {
        var (from, oldEnd, freshEnd) = (0, old.Length, fresh.Length);
        while (from < oldEnd && from < freshEnd && old[from] == fresh[from]) from++;
        while (oldEnd > from && freshEnd > from && old[oldEnd - 1] == fresh[freshEnd - 1])
            (oldEnd, freshEnd) = (oldEnd - 1, freshEnd - 1);
        return
        [
            .. old[..from].Select(line => " " + line), .. Middle(old[from..oldEnd], fresh[from..freshEnd]),
            .. old[oldEnd..].Select(line => " " + line),
        ];
    }

    /// <summary>Keeps the longest common sequence of lines (these texts are short).</summary>
    static IEnumerable<string> Middle(string[] old, string[] fresh)
    {
        var common = old.Select(_ => new int[fresh.Length + 1]).Append(new int[fresh.Length + 1]).ToArray();
        for (var i = old.Length - 1; i >= 0; i--)
            for (var j = fresh.Length - 1; j >= 0; j--)
                common[i][j] = old[i] == fresh[j] ? common[i + 1][j + 1] + 1
                    : Math.Max(common[i + 1][j], common[i][j + 1]);
        for (int i = 0, j = 0; i < old.Length || j < fresh.Length;)
            if (i < old.Length && j < fresh.Length && old[i] == fresh[j])
            {
                yield return " " + old[i];
                (i, j) = (i + 1, j + 1);
            }
            else if (i < old.Length && (j == fresh.Length || common[i + 1][j] >= common[i][j + 1]))
                yield return "-" + old[i++];
            else yield return "+" + fresh[j++];
    }

    static string[] Lines(string? text) => string.IsNullOrEmpty(text) ? [] : text.TrimEnd('\n').Split('\n');
}
