using Difusor.Agent.Packages;

namespace Difusor.Agent.Verification;

/// <summary>What all HASH files together say of a package's files: which are covered, by what, and which do not match.</summary>
sealed class Coverage
{
    readonly IPackageContents contents;
    readonly IReadOnlyList<ContentEntry> entries;
    readonly FindingList reasons;
    readonly FindingList warnings;
    readonly byte[] stated;                                            // a bit for each algorithm that some HASH file states
    readonly int[] lastCoveredBy;
    readonly Dictionary<(int, DigestAlgorithm), Digest> others = [];   // computed digests that are not SHA-256
    readonly Dictionary<(int, DigestAlgorithm), byte[]> wrong = [];    // stated digests that do not match
    readonly HashSet<(int, DigestAlgorithm)> conflicting = [];
    readonly SortedDictionary<RelativePath, string> missing = [];
    int hashFile;

    internal Coverage(IPackageContents contents, FileIndex index, FindingList reasons, FindingList warnings)
    {
        this.contents = contents;
        this.reasons = reasons;
        this.warnings = warnings;
        entries = contents.Entries;
        Index = index;
        stated = new byte[entries.Count];
        lastCoveredBy = new int[entries.Count];
        Files = entries.Count - index.HashFiles;
    }

    internal FileIndex Index { get; }

    /// <summary>How many files are no HASH files.</summary>
    internal int Files { get; }

    /// <summary>Whether one HASH file at the top covers every file.</summary>
    internal bool TopCoversAll { get; private set; }

    /// <summary>Whether there is a HASH file at the top that lists files by name.</summary>
    internal bool HasTop { get; private set; }

    /// <summary>Paths that some HASH file states and the package has not, each with that HASH file.</summary>
    internal IReadOnlyDictionary<RelativePath, string> Missing => missing;

    /// <summary>The algorithms by which a digest of the file is stated, a bit each.</summary>
    internal byte StatedMask(int entry) => stated[entry];

    internal static byte Mask(IEnumerable<DigestAlgorithm> algorithms)
    {
        byte mask = 0;
        foreach (var algorithm in algorithms) mask |= Bit(algorithm);
        return mask;
    }

    internal bool HasMismatch => wrong.Count > 0 || conflicting.Count > 0;

    internal void Add(HashFile file)
    {
        hashFile++;
        var folder = file.Path.Folder;
        var top = folder.Length == 0;
        HasTop |= top && file.Count > 0;
        var covered = 0;
        Span<byte> digest = stackalloc byte[HashFile.LongestDigest];
        for (var line = 0; line < file.Count; line++)
        {
            var entry = Index.Find(folder, file.NameAt(line));
            if (entry < 0)
            {
                if (file.PathAt(line) is var path && path == file.Path) WarnOfItself(file);
                else missing.TryAdd(path, file.Path.Value);
            }
            else if (Index.IsHash(entry) && entries[entry].Path == file.Path) WarnOfItself(file);
            else
            {
                State(entry, file.AlgorithmAt(line), file.DigestAt(line, digest));
                if (!top || lastCoveredBy[entry] == hashFile || Index.IsHash(entry)) continue;
                lastCoveredBy[entry] = hashFile;
                covered++;
            }
        }
        if (file.Bare is { } bare) AddBare(file.Path, bare);
        TopCoversAll |= top && covered == Files;
    }

    void WarnOfItself(HashFile file) => warnings.Add(new Finding("hash-of-itself", file.Path.Value, "it lists itself, which no digest can match: passed over"));

    /// <summary>A sidecar: for the file it is named after, or else for the only one with that stem.</summary>
    void AddBare(RelativePath sidecar, Digest digest)
    {
        if (HashFileName.SidecarTarget(sidecar.Value) is not { } target) return;
        var entry = Index.Find(target);
        if (entry < 0)
        {
            var candidates = Index.WithStem(target);
            if (candidates.Count > 1)
            {
                reasons.Add(ReasonCode.BadHashFile, sidecar.Value,
                    $"one digest without a name, and several files it may be of: {string.Join(", ", candidates.Take(5).Select(at => entries[at].Path))}");
                return;
            }
            entry = candidates.Count == 1 ? candidates[0] : -1;
        }
        if (entry >= 0) State(entry, digest.Algorithm, digest.Bytes);
        else if (RelativePath.Read(target, new PathLimits(4096, 1024)).Path is { } path) missing.TryAdd(path, sidecar.Value);
    }

    void State(int entry, DigestAlgorithm algorithm, ReadOnlySpan<byte> digest)
    {
        var key = (entry, algorithm);
        var known = (stated[entry] & Bit(algorithm)) != 0;
        stated[entry] |= Bit(algorithm);
        if (ActualOf(entry, algorithm).Bytes.SequenceEqual(digest))
        {
            if (wrong.ContainsKey(key)) conflicting.Add(key);
        }
        else if (!known) wrong[key] = digest.ToArray();
        else if (!wrong.TryGetValue(key, out var other) || !digest.SequenceEqual(other)) conflicting.Add(key);
    }

    Digest ActualOf(int entry, DigestAlgorithm algorithm)
    {
        if (algorithm == DigestAlgorithm.Sha256) return entries[entry].Sha256;
        if (!others.TryGetValue((entry, algorithm), out var digest))
            others[(entry, algorithm)] = digest = contents.Compute(entries[entry].Path, algorithm);
        return digest;
    }

    /// <summary>Reports what does not match, and what two HASH files state differently.</summary>
    internal void ReportMismatches()
    {
        foreach (var (entry, algorithm) in conflicting)
            reasons.Add(ReasonCode.ConflictingDigests, entries[entry].Path.Value, $"two {algorithm.Name()} digests are stated for it");
        foreach (var (key, digest) in wrong)
            if (!conflicting.Contains(key))
                reasons.Add(ReasonCode.DigestMismatch, entries[key.Item1].Path.Value,
                    $"{key.Item2.Name()} is {ActualOf(key.Item1, key.Item2).Hex}, stated is {Convert.ToHexStringLower(digest)}");
    }

    /// <summary>The strongest algorithm that is stated for every file that a HASH file lists; null where there is none.</summary>
    internal DigestAlgorithm? StrongestOfAll()
    {
        var (common, any) = (0xFF, 0);
        for (var i = 0; i < entries.Count; i++)
            if (!Index.IsHash(i) && stated[i] != 0) (common, any) = (common & stated[i], any | stated[i]);
        return any == 0 || common == 0 ? null : (DigestAlgorithm)(7 - byte.LeadingZeroCount((byte)common));
    }

    static byte Bit(DigestAlgorithm algorithm) => (byte)(1 << (int)algorithm);
}
