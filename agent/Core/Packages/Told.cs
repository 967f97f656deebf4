namespace Difusor.Agent.Packages;

/// <summary>
/// Chooses how much of a long list the journal, acuses, status and answers tell: at most <see cref="Most"/> items and
/// about 64 KiB of text, including the first of each code. The caller states the total number next to it.
/// </summary>
public static class Told
{
    public const int Most = 200;

    /// <summary>The longest path or detail, in characters.</summary>
    public const int LongestText = 1024;

    const int MostText = 64 << 10;

    public static ImmutableArray<Finding> Of(IReadOnlyCollection<Finding> findings)
    {
        var firsts = findings.DistinctBy(finding => finding.Code).ToHashSet(ReferenceEqualityComparer.Instance);
        var (left, room) = (Most - Math.Min(firsts.Count, Most), MostText);
        var told = ImmutableArray.CreateBuilder<Finding>();
        foreach (var finding in findings)
        {
            var shown =
                finding with { Path = finding.Path is { } path ? Short(path) : null, Detail = Short(finding.Detail) };
            var size = (shown.Path?.Length ?? 0) + shown.Detail.Length;
            if (told.Count >= Most) break;
            if (!firsts.Contains(finding))
            {
                if (left == 0 || size > room) continue;
                left--;
            }
            room -= size;
            told.Add(shown);
        }
        return told.ToImmutable();
    }

    /// <summary>
    /// Returns the text cut to at most <see cref="LongestText"/> characters, never in the middle of a surrogate pair.
    /// </summary>
    public static string Short(string text)
    {
        if (text.Length <= LongestText) return text;
        var end = LongestText - 1;
        if (char.IsHighSurrogate(text[end - 1])) end--;
        return text[..end] + '…';
    }
}

/// <summary>Paths of which only the first are told.</summary>
/// <param name="Names">The first of them, in order.</param>
/// <param name="Total">How many there are in all.</param>
public sealed record ToldNames(ImmutableArray<string> Names, int Total)
{
    public static ToldNames None { get; } = new([], 0);

    public bool IsEmpty => Total == 0;

    public static ToldNames Of(IEnumerable<string> names)
    {
        var total = 0;
        var first = new List<string>();
        foreach (var name in names)
            if (++total <= Told.Most) first.Add(Told.Short(name));
        first.Sort(StringComparer.Ordinal);
        return total == 0 ? None : new([.. first], total);
    }
}
