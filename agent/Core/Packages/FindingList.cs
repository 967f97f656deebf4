namespace Difusor.Agent.Packages;

/// <summary>
/// Collects findings. Keeps at most <see cref="Most"/>, and not more than a few megabytes of text; only counts the
/// rest, so that a hostile HASH file cannot fill the memory. Always keeps the first of each code.
/// </summary>
sealed class FindingList
{
    internal const int Most = 10_000;
    const int ForFirsts = 100, MostText = 4 << 20;

    readonly List<Finding> findings = [];
    readonly HashSet<string> codes = new(StringComparer.Ordinal);
    int text;

    /// <summary>Gets how many were counted and not kept.</summary>
    public int More { get; private set; }

    public bool IsEmpty => findings.Count == 0;

    public void Add(ReasonCode reason, string? path, string detail) => Add(Finding.Of(reason, path, detail));

    public void Add(Finding finding)
    {
        if (CountsOnly(finding.Code)) return;
        codes.Add(finding.Code);
        findings.Add(finding);
        text += (finding.Path?.Length ?? 0) + finding.Detail.Length;
    }

    /// <summary>
    /// Counts one more finding of a code if it would not be kept, so that the caller need not build its text.
    /// </summary>
    /// <returns>False if it would be kept: the caller must add it.</returns>
    public bool CountsOnly(string code)
    {
        if ((findings.Count < Most - ForFirsts && text < MostText) || !codes.Contains(code)) return false;
        More++;
        return true;
    }

    public void AddRange(IEnumerable<Finding> kept, int more = 0)
    {
        foreach (var finding in kept) Add(finding);
        More += more;
    }

    /// <summary>
    /// Returns the findings in the order of the contract's list of reasons, then by path, without duplicates.
    /// </summary>
    public ImmutableArray<Finding> InOrder() =>
    [
        .. findings.Distinct().OrderBy(Rank).ThenBy(finding => finding.Code, StringComparer.Ordinal)
            .ThenBy(finding => finding.Path, StringComparer.Ordinal),
    ];

    static int Rank(Finding finding) => (int?)ReasonCodes.Named(finding.Code) ?? int.MaxValue;
}
