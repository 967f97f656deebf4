namespace Difusor.Agent.Verification;

/// <summary>
/// Reads a package's HASH files. Skips a file that is longer than a HASH file can be, and accepts only exactly the
/// bytes that were staged.
/// </summary>
static class HashTexts
{
    const int Probe = 64 * 1024;

    /// <summary>
    /// Returns whether the HASH files together have more bytes than allowed. If so, none of them is read, and the
    /// package is rejected.
    /// </summary>
    internal static bool IsTooLarge(
        PackageOffer offer, IReadOnlyList<ContentEntry> entries, FileIndex index, LimitSettings limits,
        FindingList reasons)
    {
        if (offer.Findings.Any(finding => finding.Code == ReasonCode.HashTooLarge.Code())) return true;
        var bytes = (long)(offer.Extra?.Bytes.Length ?? 0);
        RelativePath? last = null;
        for (var i = 0; i < entries.Count && bytes <= limits.HashText; i++)
        {
            if (!index.IsHash(i)) continue;
            bytes += entries[i].Size;
            last = entries[i].Path;
        }
        if (bytes > limits.HashText) reasons.Add(limits.HashTooLarge(last?.Value));
        return bytes > limits.HashText;
    }

    /// <summary>
    /// Parses one of the package's HASH files; null if it cannot be used, and then a reason is added.
    /// </summary>
    internal static HashFile? Read(
        ContentEntry entry, IPackageContents contents, VerificationRules rules, int mostEntries, FileIndex index,
        FindingList reasons)
    {
        if (entry.Size > HashFileReader.MostBytes)
        {
            reasons.Add(ReasonCode.BadHashFile, entry.Path.Value, $"longer than {HashFileReader.MostBytes >> 20} MiB");
            return null;
        }
        // A gigabyte without a line break is recognised by its beginning; do not read the rest.
        if (entry.Size > Probe && !contents.ReadHead(entry.Path, Probe).AsSpan().Contains((byte)'\n'))
        {
            reasons.Add(ReasonCode.BadHashFile, entry.Path.Value, $"line 1: longer than {Probe} bytes");
            return null;
        }
        var bytes = contents.ReadHead(entry.Path, (int)entry.Size);
        if (Digest.Sha256(bytes) != entry.Sha256)
        {
            reasons.Add(
                ReasonCode.UnreadableFile, entry.Path.Value,
                "it changed while it was read, or the HASH files of the archive are too long together");
            return null;
        }
        return Parse(entry.Path, bytes, rules, mostEntries, index, reasons);
    }

    internal static HashFile? Parse(
        RelativePath path, byte[] bytes, VerificationRules rules, int mostEntries, FileIndex index,
        FindingList reasons)
    {
        var reading = HashFile.Parse(path, bytes, rules.Limits.Paths, mostEntries, rules.Hashes.Line);
        if (reading.Problem is { } problem)
            reasons.Add(
                LineProposal.Of(path, bytes, rules.Limits.Paths, index) is { } proposal
                ? problem with { Detail = $"{problem.Detail}; hashes.line: {proposal} would read it" } : problem);
        if (reading.File is { } file) reasons.AddRange(file.Findings, file.MoreFindings);
        return reading.File;
    }

    /// <summary>
    /// Returns how many lines all HASH files of a package may have together: one for each file and each known
    /// algorithm.
    /// </summary>
    internal static int MostEntries(LimitSettings limits) =>
        (int)Math.Min(HashFileReader.MostEntries, (long)limits.Files * Enum.GetValues<DigestAlgorithm>().Length);
}
