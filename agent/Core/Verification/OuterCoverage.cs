namespace Difusor.Agent.Verification;

/// <summary>
/// What a HASH beside an archive says about the archive itself, as <c>NAME.zip.hash</c> or in a list (contract, section
/// 6).
/// </summary>
/// <param name="Strongest">
/// The strongest allowed algorithm with a matching digest of the whole archive; null if there is none.
/// </param>
/// <param name="Weak">
/// The names of what is stated, such as <c>md5</c>, if no allowed algorithm is; null if nothing or an allowed one is
/// stated.
/// </param>
/// <param name="IsThere">Whether there is any HASH of the archive, even a weak, wrong or unreadable one.</param>
readonly record struct OuterCoverage(DigestAlgorithm? Strongest, string? Weak, bool IsThere)
{
    internal static OuterCoverage Judge(OuterHash? outer, VerificationRules rules, FindingList reasons)
    {
        if (outer is null) return default;
        var unusable = false;
        var stated = new SortedDictionary<DigestAlgorithm, Digest>();
        var conflicting = new HashSet<DigestAlgorithm>();
        foreach (var list in outer.Lists.Concat(outer.Files.Select(text => Read(text, outer.Archive, rules))))
        {
            // A bad list may be for other packages, so ignore it; a bad sidecar with the archive's own name counts.
            if (list.Problem is { } problem && IsSidecarOf(list.Path, outer.Archive))
            {
                reasons.Add(problem);
                unusable = true;
            }
            foreach (var digest in list.Digests)
                if (!stated.TryAdd(digest.Algorithm, digest) && stated[digest.Algorithm] != digest)
                    conflicting.Add(digest.Algorithm);
        }
        DigestAlgorithm? strongest = null;
        foreach (var (algorithm, digest) in stated)
        {
            // Which of two digests is compared would depend on the order in which the folder lists its files.
            if (conflicting.Contains(algorithm))
                reasons.Add(
                    ReasonCode.ConflictingDigests, outer.Archive.Value,
                    $"two {algorithm.Name()} digests are stated for it");
            else if (outer.Compute(algorithm) is var actual && actual != digest)
                reasons.Add(
                    ReasonCode.DigestMismatch, outer.Archive.Value,
                    $"{algorithm.Name()} is {actual.Hex}, stated is {digest.Hex}");
            else if (rules.Hashes.Algorithms.Contains(algorithm)) strongest = algorithm; // they come weakest first
        }
        var weak = stated.Count == 0 || stated.Keys.Any(rules.Hashes.Algorithms.Contains) ? null
            : string.Join(", ", stated.Keys.Select(algorithm => algorithm.Name()));
        return new OuterCoverage(strongest, weak, stated.Count > 0 || unusable);
    }

    static OuterList Read(HashText text, RelativePath archive, VerificationRules rules)
    {
        var reading =
            HashFile.Parse(
            text.Path, text.Bytes.Span, rules.Limits.Paths, HashTexts.MostEntries(rules.Limits), rules.Hashes.Line);
        return new OuterList(text.Path, reading.Problem, [.. DigestsOf(reading.File, archive)]);
    }

    static IEnumerable<Digest> DigestsOf(HashFile? file, RelativePath archive)
    {
        if (file is null) yield break;
        if (file.Bare is { } bare && IsSidecarOf(file.Path, archive)) yield return bare;
        // No archive's name ends in a blank.
        foreach (var entry in file.Entries)
            if (entry.Path.Value.TrimEnd(' ') == archive.Value) yield return entry.Digest;
    }

    /// <summary>
    /// Returns whether the HASH file is named after the archive, with or without the archive's extension.
    /// </summary>
    internal static bool IsSidecarOf(RelativePath file, RelativePath archive) =>
        HashFileName.SidecarTarget(file.Value) is { } target
            && archive.Value.StartsWith(target, StringComparison.Ordinal)
        && (archive.Value.Length == target.Length || PackageName.IsArchiveExtension(archive.Value[target.Length..]));
}
