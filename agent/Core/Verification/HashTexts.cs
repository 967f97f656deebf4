using Difusor.Agent.Packages;

namespace Difusor.Agent.Verification;

/// <summary>
/// Reads a package's HASH files: only what is no longer than a HASH file can be, and only the very bytes that were
/// staged.
/// </summary>
static class HashTexts
{
    const int Probe = 64 * 1024;

    /// <summary>
    /// Whether the HASH files have more bytes together than a package may have: then none of them is read, and it is
    /// rejected.
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

    /// <summary>Parses one of the package's HASH files; null where it cannot be used, which is a reason.</summary>
    internal static HashFile? Read(
        ContentEntry entry, IPackageContents contents, VerificationRules rules, int mostEntries, FindingList reasons)
    {
        if (entry.Size > HashFileReader.MostBytes)
        {
            reasons.Add(ReasonCode.BadHashFile, entry.Path.Value, $"longer than {HashFileReader.MostBytes >> 20} MiB");
            return null;
        }
        // One line of a gigabyte is seen by its beginning; the rest is not read.
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
        return Parse(entry.Path, bytes, rules, mostEntries, reasons);
    }

    internal static HashFile? Parse(
        RelativePath path, byte[] bytes, VerificationRules rules, int mostEntries, FindingList reasons)
    {
        var reading = HashFile.Parse(path, bytes, rules.Limits.Paths, mostEntries);
        if (reading.Problem is { } problem) reasons.Add(problem);
        if (reading.File is { } file) reasons.AddRange(file.Findings, file.MoreFindings);
        return reading.File;
    }

    /// <summary>
    /// A line for each file and each known algorithm: what all HASH files of a package may state together.
    /// </summary>
    internal static int MostEntries(LimitSettings limits) =>
        (int)Math.Min(HashFileReader.MostEntries, (long)limits.Files * Enum.GetValues<DigestAlgorithm>().Length);
}
