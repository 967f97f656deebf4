namespace Difusor.Agent.Verification;

/// <summary>
/// Finds the HASH files of a package in which no file is named like one: texts that read as a HASH file from the first
/// line to the last, with each name a file of the package, and one of them a page at least. Data of the PREP have
/// digests, too, but of actas: a list without a page is none.
/// </summary>
static class HashesByContent
{
    /// <summary>How many bytes of a file show whether it may be a list.</summary>
    internal const int Probe = 4096;

    /// <summary>Kinds of files that have no list of digests, and of which a package may have very many.</summary>
    static readonly string[] Others =
    [
        ".html", ".htm", ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".ico", ".pdf", ".tif", ".tiff", ".css",
        ".js", ".json", ".xml", ".zip", ".gz", ".woff", ".woff2", ".ttf", ".mp4",
    ];

    internal static IEnumerable<(int Entry, HashFile File)> In(
        IPackageContents contents, VerificationRules rules, FileIndex index, NamePrefixes prefixes)
    {
        var entries = contents.Entries;
        var left = rules.Limits.HashText;
        for (var at = 0; at < entries.Count; at++)
        {
            var entry = entries[at];
            if (!MayBeOne(entry.Path.Value, entry.Size) || !index.MayState(at) || entry.Size > left
                || !LooksLikeOne(contents.ReadHead(entry.Path, Probe))) continue;
            left -= entry.Size;
            var text = contents.ReadHead(entry.Path, (int)entry.Size);
            if (Digest.Sha256(text) == entry.Sha256
                && HashFile.Parse(
                    entry.Path, text, rules.Limits.Paths, HashTexts.MostEntries(rules.Limits), rules.Hashes.Line)
                    .File is { Count: > 0, Findings.Count: 0 } file
                && Covers(entries, index, prefixes.Without(file))) yield return (at, file);
        }
    }

    /// <summary>Returns whether a file may be a list, by its name and its length in bytes.</summary>
    internal static bool MayBeOne(string path, long size) =>
        size is > 33 and <= HashFileReader.MostBytesBeside
        && !Others.Any(kind => path.EndsWith(kind, StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns whether a file may be a list, by its first bytes.</summary>
    internal static bool LooksLikeOne(ReadOnlySpan<byte> head) =>
        Utf16Text.HasMark(head) || HashFileReader.HasDigest(head[..Math.Min(Probe, head.Length)]);

    static bool Covers(IReadOnlyList<ContentEntry> entries, FileIndex index, HashFile file)
    {
        var hasPage = false;
        for (var line = 0; line < file.Count; line++)
        {
            var entry = index.FindStated(file.Folder, file.NameAt(line));
            if (entry < 0) return false;
            hasPage |= HtmlName.Is(entries[entry].Path.Value);
        }
        return hasPage;
    }
}
