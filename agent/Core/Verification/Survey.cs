namespace Difusor.Agent.Verification;

/// <summary>Reads all of a package's HASH files, in it and beside it, and compares them with its files.</summary>
sealed class Survey
{
    /// <summary>
    /// After one of these reasons only a part of the sent files was read, so a missing file is not reported.
    /// </summary>
    static readonly ImmutableHashSet<string> Curtailed =
    [
        .. new[]
        {
            ReasonCode.TooManyFiles, ReasonCode.PathsTooLarge, ReasonCode.HashTooLarge, ReasonCode.PackageTooLarge,
            ReasonCode.CompressionBomb, ReasonCode.BadArchive, ReasonCode.EncryptedArchive,
        }.Select(reason => reason.Code()),
    ];

    readonly PackageOffer offer;
    readonly IReadOnlyList<ContentEntry> entries;
    readonly FindingList reasons;
    readonly FindingList warnings;
    readonly OuterCoverage outer;
    readonly NamePrefixes prefixes;
    readonly LeftoverRule leftovers;
    readonly HashSet<int> passedOver = [];
    int hashFiles, entriesLeft;
    bool unusable;

    Survey(PackageOffer offer, IPackageContents contents, VerificationRules rules, FindingList reasons,
        FindingList warnings)
    {
        this.offer = offer;
        this.reasons = reasons;
        this.warnings = warnings;
        entries = contents.Entries;
        entriesLeft = HashTexts.MostEntries(rules.Limits);
        var index = new FileIndex(entries, rules.Leftovers);
        Coverage = new Coverage(contents, index, reasons, warnings);
        leftovers = new LeftoverRule(Coverage, rules.Leftovers, new NameRules(rules.Limits.DeniedExtensions));
        prefixes = new NamePrefixes(offer, index);
        outer = OuterCoverage.Judge(offer.Outer, rules, reasons);
        if (HashTexts.IsTooLarge(offer, entries, index, rules.Limits, reasons)) (hashFiles, unusable) = (1, true);
        else ReadLists(contents, rules);
        foreach (var (entry, warning) in Coverage.FindLeftovers(leftovers))
        {
            passedOver.Add(entry);
            warnings.Add(warning);
        }
    }

    void ReadLists(IPackageContents contents, VerificationRules rules)
    {
        var index = Coverage.Index;
        for (var i = 0; i < entries.Count; i++)
            if (index.IsHash(i)) Use(HashTexts.Read(entries[i], contents, rules, entriesLeft, index, reasons));
        if (offer.Extra is { } extra)
            Use(HashTexts.Parse(extra.Path, extra.Bytes.ToArray(), rules, entriesLeft, index, reasons));
        if (hashFiles > 0 || outer.IsThere) return;
        foreach (var (entry, file) in HashesByContent.In(contents, rules, index, prefixes))
        {
            index.TakeAsHash(entry);
            Warn("hash-by-content", file, "its name is no HASH file's, and all that it has is digests of files here");
            Use(file);
        }
    }

    internal static Survey Of(
        PackageOffer offer, IPackageContents contents, VerificationRules rules, FindingList reasons,
        FindingList warnings) =>
        new(offer, contents, rules, reasons, warnings);

    internal Coverage Coverage { get; }

    /// <summary>Gets the package's files without litter and leftovers: what is published.</summary>
    internal IReadOnlyList<ContentEntry> Published =>
        passedOver.Count == 0 ? entries : [.. entries.Where((_, at) => !passedOver.Contains(at))];

    /// <summary>Gets the files that are litter or leftovers.</summary>
    internal ImmutableArray<RelativePath> PassedOver => [.. passedOver.Order().Select(at => entries[at].Path)];

    /// <summary>Returns whether a file is litter or a leftover, which is not published.</summary>
    internal bool IsPassedOver(int entry) => passedOver.Contains(entry);

    /// <summary>
    /// Returns the warning for a file that is there and not among the entries, because it was not or could not be read,
    /// and that no HASH lists; null if it is no leftover.
    /// </summary>
    internal Finding? LeftoverAt(string path) => leftovers.Of(path);

    /// <summary>Returns those of the paths, none of which is among the entries, that some HASH file lists.</summary>
    internal HashSet<string> ListedOf(IEnumerable<string> paths)
    {
        var asked = paths.ToHashSet(StringComparer.Ordinal);
        return asked.Count == 0 ? asked : Coverage.Missing.Where(asked.Contains).ToHashSet(StringComparer.Ordinal);
    }

    internal bool IsWholeKnown => !offer.Stopped && !offer.Findings.Any(finding => Curtailed.Contains(finding.Code));

    /// <summary>
    /// Gets the strongest algorithm that covers every covered file, either one by one or all at once (by a HASH over
    /// the archive).
    /// </summary>
    internal DigestAlgorithm? Algorithm => Coverage.StrongestOfAll() is { } inner && !(outer.Strongest > inner) ? inner
        : outer.Strongest;

    void Use(HashFile? file)
    {
        hashFiles++;
        unusable |= file is null;
        if (file is null) return;
        entriesLeft -= file.Count;
        var relative = prefixes.Without(file);
        if (relative != file) Warn("prefixed-paths", file, "its names begin with the package's own folder");
        if (file.IsOfWindows) Warn("windows-paths", file, "the back slashes in its names are taken as separators");
        if (file.IsSigned) Warn("signature-not-checked", file, "the signature around it is not checked");
        Coverage.Add(relative);
    }

    void Warn(string code, HashFile file, string detail) => warnings.Add(new Finding(code, file.Path.Value, detail));

    /// <summary>
    /// Gets whether something could not be opened: it may be what seems to be missing, as a whole archive is.
    /// </summary>
    internal bool HidesSomething =>
        offer.Findings.Any(finding => finding.Code == ReasonCode.UnreadableFile.Code());

    /// <summary>Reports files that are stated but missing, and files that are there but not stated.</summary>
    internal void ReportGaps(VerificationRules rules)
    {
        var refused = offer.Findings.Where(finding => finding.Path is not null).Select(finding => finding.Path!)
            .ToHashSet();
        foreach (var (path, hashFile) in Coverage.Missing.WithFiles)
            if (!refused.Contains(path) && !reasons.CountsOnly(ReasonCode.MissingFile.Code()))
                reasons.Add(ReasonCode.MissingFile, path, Coverage.Index.NearlyNamed(path) is { } near
                    ? $"{hashFile} lists it; there is {near}" : $"{hashFile} lists it");
        if (outer.Strongest is not null) return;
        if (hashFiles == 0 && outer.Weak is { } weak)
            reasons.Add(
                ReasonCode.WeakAlgorithm, offer.Name, $"only digests that hashes.algorithms does not allow: {weak}");
        else if (hashFiles == 0 && !outer.IsThere && !HidesSomething)
            reasons.Add(ReasonCode.NoHash, null, "no HASH file in it, nor beside it");
        var weakOnly = 0;
        var allowed = Coverage.Mask(rules.Hashes.Algorithms);
        var strong = Coverage.Mask(rules.Hashes.Algorithms.Where(algorithm => !algorithm.IsWeak()));
        for (var i = 0; i < entries.Count; i++)
        {
            if (Coverage.Index.IsExempt(i) || IsPassedOver(i)) continue;
            var stated = Coverage.StatedMask(i);
            if (stated == 0) ReportUncovered(entries[i].Path.Value, rules);
            else if ((stated & allowed) == 0)
                reasons.Add(
                    ReasonCode.WeakAlgorithm, entries[i].Path.Value,
                    $"only digests that hashes.algorithms does not allow: {string.Join(", ", StatedOf(stated))}");
            else if ((stated & strong) == 0) weakOnly++;
        }
        if (weakOnly > 0)
            warnings.Add(
                new Finding(
                ReasonCode.WeakAlgorithm.Code(), null,
                $"{weakOnly} files have only MD5 or SHA-1 digests, which hashes.algorithms allows"));
    }

    /// <summary>
    /// Reports a file that no HASH file lists. If a HASH file could not be used, or there is none, one finding for each
    /// file would say nothing new.
    /// </summary>
    internal void ReportUncovered(string path, VerificationRules rules)
    {
        if (unusable || hashFiles == 0) return;
        var finding = Finding.Of(ReasonCode.UncoveredFile, path, "no HASH file lists it");
        (rules.Hashes.RequireFullCoverage ? reasons : warnings).Add(finding);
    }

    static IEnumerable<string> StatedOf(byte mask) =>
        Enum.GetValues<DigestAlgorithm>().Where(algorithm => (mask & Coverage.Mask([algorithm])) != 0)
            .Select(algorithm => algorithm.Name());
}
