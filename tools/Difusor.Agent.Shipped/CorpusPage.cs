namespace Difusor.Agent.Shipped;

/// <summary>Counts the cases of each reason, at the end of the corpus's own page.</summary>
static class CorpusPage
{
    public const string Path = "tests/corpus/README.md";
    const string Heading = "## Cases\n", Reason = "reason: ";

    public static string Of(string root)
    {
        var page = System.IO.Path.Combine(root, Path);
        var cases = Directory.EnumerateFiles(
            System.IO.Path.GetDirectoryName(page)!, "*.case", SearchOption.AllDirectories).Select(Head).ToList();
        var accepted = cases.Count(head => head.Contains("expect: accepted"));
        var lines = Enum.GetValues<ReasonCode>().Select(reason => reason.Code())
            .Select(code => $"| `{code}` | {cases.Count(head => HasReason(head, code))} |\n");
        return $"{File.ReadAllText(page).Split(Heading)[0]}{Heading}\n{accepted} accepted, "
            + $"{cases.Count - accepted} rejected. A case may have "
            + $"several reasons; `unreadable-file` is what root always reads, and has tests of its own.\n\n| reason "
            + $"| cases |\n|---|---|\n{string.Concat(lines)}";
    }

    /// <summary>Returns what a case says of itself: the lines before its first file.</summary>
    static List<string> Head(string file) =>
        [.. File.ReadLines(file).TakeWhile(line =>
            !line.StartsWith("--- ", StringComparison.Ordinal) && !line.StartsWith("+++ ", StringComparison.Ordinal))];

    static bool HasReason(List<string> head, string code) =>
        head.Any(line => line.StartsWith(Reason, StringComparison.Ordinal)
            && line[Reason.Length..].Split(' ')[0] == code);
}
