namespace Difusor.Agent.Verification;

/// <summary>
/// What all HASH files together say about a package's files: which are covered, by what, and which do not match.
/// </summary>
sealed class Coverage
{
    readonly IReadOnlyList<ContentEntry> entries;
    readonly FindingList reasons;
    readonly FindingList warnings;
    // One bit for each algorithm that some HASH file states.
    readonly byte[] stated;
    readonly int[] lastCoveredBy;
    // One bit for each algorithm for which two HASH files state different digests.
    readonly byte[] conflicting;
    readonly OtherDigests others;
    // By entry and algorithm: the line whose digest does not match.
    readonly Dictionary<int, (int File, int Line)> wrong = [];
    readonly List<HashFile> files = [];
    readonly StatedNames missing = new();
    bool hasTopList;
    int coveredByTop, leftovers;

    internal Coverage(IPackageContents contents, FileIndex index, FindingList reasons, FindingList warnings)
    {
        this.reasons = reasons;
        this.warnings = warnings;
        entries = contents.Entries;
        Index = index;
        stated = new byte[entries.Count];
        conflicting = new byte[entries.Count];
        lastCoveredBy = new int[entries.Count];
        others = new OtherDigests(contents);
    }

    internal FileIndex Index { get; }

    /// <summary>Gets whether one HASH file at the top covers every file that needs it.</summary>
    internal bool TopCoversAll => hasTopList && coveredByTop == entries.Count - Index.ExemptCount - leftovers;

    /// <summary>Gets whether there is a HASH file at the top that lists files by name.</summary>
    internal bool HasTop { get; private set; }

    /// <summary>Gets the paths that some HASH file states but the package does not have.</summary>
    internal StatedNames Missing => missing;

    /// <summary>Returns the algorithms for which a digest of the file is stated, one bit each.</summary>
    internal byte StatedMask(int entry) => stated[entry];

    internal static byte Mask(IEnumerable<DigestAlgorithm> algorithms)
    {
        byte mask = 0;
        foreach (var algorithm in algorithms) mask |= Bit(algorithm);
        return mask;
    }

    internal bool HasMismatch { get; private set; }

    internal void Add(HashFile file)
    {
        files.Add(file);
        var hashFile = files.Count;
        var folder = file.Folder;
        var top = folder.Length == 0;
        var ownName = Encoding.UTF8.GetBytes(file.Path.Name);
        HasTop |= top && file.Count > 0;
        var covered = 0;
        Span<byte> digest = stackalloc byte[HashFile.LongestDigest];
        for (var line = 0; line < file.Count; line++)
        {
            var entry = Index.FindStated(folder, file.NameAt(line));
            if (entry < 0)
            {
                if (file.NameAt(line).SequenceEqual(ownName)) WarnOfItself(file);
                else missing.Add(file, line);
            }
            else if (Index.IsHash(entry) && entries[entry].Path == file.Path) WarnOfItself(file);
            else
            {
                State(entry, file.AlgorithmAt(line), file.DigestAt(line, digest), line);
                if (!top || lastCoveredBy[entry] == hashFile || Index.IsExempt(entry)) continue;
                lastCoveredBy[entry] = hashFile;
                covered++;
            }
        }
        if (file.Bare is { } bare) AddBare(file, bare);
        hasTopList |= top;
        if (top) coveredByTop = Math.Max(coveredByTop, covered);
    }

    /// <summary>
    /// Finds the files that no HASH lists and that are litter or leftovers. Call it once, when all HASH files are
    /// added.
    /// </summary>
    internal IEnumerable<(int Entry, Finding Warning)> FindLeftovers(LeftoverRule rule)
    {
        for (var entry = 0; entry < stated.Length; entry++)
        {
            if (stated[entry] != 0 || Index.IsExempt(entry)
                || rule.Of(entries[entry].Path.Value) is not { } warning) continue;
            leftovers++;
            yield return (entry, warning);
        }
    }

    /// <summary>Gets whether any file is proven.</summary>
    internal bool HasProven => files.Count > 0;

    /// <summary>Gets the files that are what HASH files say, and the HASH files.</summary>
    internal IEnumerable<string> Proven
    {
        get
        {
            var doubted = wrong.Keys.Select(key => key / Algorithms).ToHashSet();
            for (var entry = 0; entry < stated.Length; entry++)
                if (Index.IsHash(entry) || (stated[entry] != 0 && conflicting[entry] == 0 && !doubted.Contains(entry)))
                    yield return entries[entry].Path.Value;
        }
    }

    void WarnOfItself(HashFile file) =>
        warnings.Add(
        new Finding("hash-of-itself", file.Path.Value, "it lists itself, which no digest can match: passed over"));

    /// <summary>
    /// Adds a sidecar: for the file that it is named after, or else for the only file with that stem.
    /// </summary>
    void AddBare(HashFile sidecar, Digest digest)
    {
        if (HashFileName.SidecarTarget(sidecar.Path.Value) is not { } target) return;
        var entry = Index.Find(target);
        if (entry < 0)
        {
            var candidates = Index.WithStem(target);
            if (candidates.Count > 1)
            {
                reasons.Add(ReasonCode.BadHashFile, sidecar.Path.Value,
                    $"one digest without a name, and several files it may be of: "
                        + $"{string.Join(", ", candidates.Take(5).Select(at => entries[at].Path))}");
                return;
            }
            entry = candidates.Count == 1 ? candidates[0] : -1;
        }
        if (entry >= 0) State(entry, digest.Algorithm, digest.Bytes, StatedNames.Bare);
        else if (RelativePath.Read(target, new PathLimits(4096, 1024)).Path is not null)
            missing.Add(sidecar, StatedNames.Bare);
    }

    void State(int entry, DigestAlgorithm algorithm, ReadOnlySpan<byte> digest, int line)
    {
        var key = KeyOf(entry, algorithm);
        var known = (stated[entry] & Bit(algorithm)) != 0;
        stated[entry] |= Bit(algorithm);
        if (ActualOf(entry, algorithm).SequenceEqual(digest))
        {
            if (wrong.ContainsKey(key)) Conflict(entry, algorithm);
            return;
        }
        HasMismatch = true;
        if (!known) wrong[key] = (files.Count - 1, line);
        else if (!wrong.TryGetValue(key, out var other)
            || !digest.SequenceEqual(StatedAt(other, stackalloc byte[HashFile.LongestDigest])))
            Conflict(entry, algorithm);
    }

    void Conflict(int entry, DigestAlgorithm algorithm)
    {
        HasMismatch = true;
        conflicting[entry] |= Bit(algorithm);
    }

    ReadOnlySpan<byte> StatedAt((int File, int Line) place, Span<byte> buffer) =>
        place.Line == StatedNames.Bare ? files[place.File].Bare!.Value.Bytes
            : files[place.File].DigestAt(place.Line, buffer);

    ReadOnlySpan<byte> ActualOf(int entry, DigestAlgorithm algorithm) =>
        algorithm == DigestAlgorithm.Sha256 ? entries[entry].Sha256.Bytes : others.Of(entry, algorithm);

    /// <summary>Reports the digests that do not match, and those for which two HASH files disagree.</summary>
    internal void ReportMismatches()
    {
        for (var entry = 0; entry < conflicting.Length; entry++)
        {
            if (conflicting[entry] == 0) continue;
            foreach (var algorithm in Enum.GetValues<DigestAlgorithm>())
                if ((conflicting[entry] & Bit(algorithm)) != 0
                    && !reasons.CountsOnly(ReasonCode.ConflictingDigests.Code()))
                    reasons.Add(
                        ReasonCode.ConflictingDigests, entries[entry].Path.Value,
                        $"two {algorithm.Name()} digests are stated for it");
        }
        Span<byte> buffer = stackalloc byte[HashFile.LongestDigest];
        foreach (var (key, place) in wrong)
        {
            var (entry, algorithm) = (key / Algorithms, (DigestAlgorithm)(key % Algorithms));
            if ((conflicting[entry] & Bit(algorithm)) != 0 || reasons.CountsOnly(ReasonCode.DigestMismatch.Code()))
                continue;
            reasons.Add(
                ReasonCode.DigestMismatch, entries[entry].Path.Value,
                $"{algorithm.Name()} is {Convert.ToHexStringLower(ActualOf(entry, algorithm))}, "
                + $"stated is {Convert.ToHexStringLower(StatedAt(place, buffer))}");
        }
    }

    /// <summary>How many keys are set aside for each entry: more than there are algorithms.</summary>
    const int Algorithms = 8;

    static int KeyOf(int entry, DigestAlgorithm algorithm) => entry * Algorithms + (int)algorithm;

    /// <summary>
    /// Returns the strongest algorithm that is stated for every file that a HASH file lists; null if there is none.
    /// </summary>
    internal DigestAlgorithm? StrongestOfAll()
    {
        var (common, any) = (0xFF, 0);
        for (var i = 0; i < entries.Count; i++)
            if (!Index.IsExempt(i) && stated[i] != 0) (common, any) = (common & stated[i], any | stated[i]);
        return any == 0 || common == 0 ? null : (DigestAlgorithm)(7 - byte.LeadingZeroCount((byte)common));
    }

    static byte Bit(DigestAlgorithm algorithm) => (byte)(1 << (int)algorithm);
}
