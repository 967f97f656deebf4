namespace Difusor.Agent.Verification;

/// <summary>
/// Decides what of a package's files that no HASH lists is litter or a leftover: by its name, or because it is the
/// working name of a file that is there and proven (contract, section 6, "Litter and leftovers"). It is asked once the
/// HASH files are read.
/// </summary>
sealed class LeftoverRule(Coverage coverage, LeftoverNames names, NameRules rules)
{
    Paths? proven, stampless;

    /// <summary>Returns the warning for a file that no HASH lists; null if it is a file like any other.</summary>
    internal Finding? Of(string path) =>
        names.Warning(path) ?? (IsWorkingName(path) ? LeftoverNames.Left(path) : null);

    /// <summary>
    /// Returns whether the path is the working name of a proven file. Its name may have the stamp of another corte:
    /// what an interrupted transfer has left in a hidden folder, no later one takes away. What a server would run stays
    /// forbidden.
    /// </summary>
    bool IsWorkingName(string path)
    {
        if (!coverage.HasProven || rules.HasDenied(path)) return false;
        proven ??= new Paths(coverage.Proven);
        if (WorkingName.IsOf(path, proven.Has)) return true;
        var without = PackageName.WithoutStamps(path);
        if (ReferenceEquals(without, path)) return false;
        stampless ??= new Paths(coverage.Proven.Select(PackageName.WithoutStamps));
        return WorkingName.IsOf(without, stampless.Has);
    }

    sealed class Paths(IEnumerable<string> paths)
    {
        readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> all =
            paths.ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

        internal bool Has(ReadOnlySpan<char> path) => all.Contains(path);
    }
}
