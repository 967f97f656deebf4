using System.Collections.Immutable;

namespace Difusor.Agent.Verification;

/// <summary>Findings as they are made; at most some thousands of each code are kept whole, so that a hostile HASH file cannot fill the memory.</summary>
sealed class FindingList
{
    const int MostOfOneCode = 10_000;

    readonly List<Finding> findings = [];
    readonly Dictionary<string, int> counts = [];

    public void Add(ReasonCode reason, string? path, string detail) => Add(Finding.Of(reason, path, detail));

    public void Add(Finding finding)
    {
        var count = counts[finding.Code] = counts.GetValueOrDefault(finding.Code) + 1;
        if (count <= MostOfOneCode) findings.Add(finding);
    }

    public void AddRange(IEnumerable<Finding> more)
    {
        foreach (var finding in more) Add(finding);
    }

    /// <summary>In the order of the contract's list of reasons, then by path; the same thing once.</summary>
    public ImmutableArray<Finding> InOrder() =>
    [
        .. findings.Distinct().OrderBy(Rank).ThenBy(finding => finding.Code, StringComparer.Ordinal).ThenBy(finding => finding.Path, StringComparer.Ordinal),
        .. counts.Where(count => count.Value > MostOfOneCode)
            .Select(count => new Finding(count.Key, null, $"and {count.Value - MostOfOneCode} more")),
    ];

    static int Rank(Finding finding) => (int?)ReasonCodes.Named(finding.Code) ?? int.MaxValue;
}
