namespace Difusor.Agent.Setup;

/// <summary>
/// Shows what changes in a text, line by line, as <c>diff -u</c> marks it: <c>-</c> removed, <c>+</c> new, a space for
/// unchanged lines around it.
/// </summary>
public static class LineDifference
{
    const int Around = 2;

    /// <summary>
    /// Returns the difference. Common lines at the beginning and the end are left out, except two on each side; what
    /// lies between is shown as removed and new.
    /// </summary>
    public static IEnumerable<string> Between(string? before, string? after)
    {
        var (old, fresh) = (Lines(before), Lines(after));
        var (from, oldEnd, freshEnd) = (0, old.Length, fresh.Length);
        while (from < oldEnd && from < freshEnd && old[from] == fresh[from]) from++;
        while (oldEnd > from && freshEnd > from && old[oldEnd - 1] == fresh[freshEnd - 1])
            (oldEnd, freshEnd) = (oldEnd - 1, freshEnd - 1);
        var start = Math.Max(0, from - Around);
        yield return $"@@ -{start + 1} +{start + 1} @@";
        for (var at = start; at < from; at++) yield return " " + old[at];
        foreach (var line in Middle(old[from..oldEnd], fresh[from..freshEnd])) yield return line;
        for (var at = oldEnd; at < Math.Min(old.Length, oldEnd + Around); at++) yield return " " + old[at];
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
