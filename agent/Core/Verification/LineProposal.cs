namespace Difusor.Agent.Verification;

/// <summary>
/// Finds how <c>hashes.line</c> would have to describe a HASH file that none of the built-in forms fits.
/// </summary>
static class LineProposal
{
    const int MostBytes = 4 << 20, MostFields = 16;

    static readonly string[] Separators = ["|", ";", ",", "\t", "=>", "->", ":", "=", "#", "*", "~", " "];

    /// <returns>
    /// The first description with which the text can be read and names at least one of the package's files; null if
    /// there is none.
    /// </returns>
    internal static HashLine? Of(RelativePath path, byte[] text, PathLimits limits, FileIndex index)
    {
        if (text.Length > MostBytes || SampleOf(text) is not { } sample) return null;
        var fields = new Range[MostFields];
        foreach (var separator in Separators)
        {
            var count = ListColumns.Split(sample, Encoding.UTF8.GetBytes(separator), fields);
            // Where a line has digests of two algorithms, the longer one.
            var digests = Enumerable.Range(0, Math.Max(count, 0)).Where(at => IsDigest(sample.AsSpan(fields[at])))
                .OrderByDescending(at => sample.AsSpan(fields[at]).Length).ToList();
            foreach (var digest in digests)
                for (var name = 0; name < count; name++)
                    if (new HashLine(separator, name + 1, digest + 1) is var line && !digests.Contains(name)
                        && HashFile.Parse(path, text, limits, HashFileReader.MostEntries, line).File is { } file
                        && NamesAFile(file, index)) return line;
        }
        return null;
    }

    /// <summary>Returns the first line that has a digest; null if none has.</summary>
    static byte[]? SampleOf(byte[] text)
    {
        ReadOnlySpan<byte> rest = Utf16Text.HasMark(text) ? Utf16Text.ToUtf8(text) : text;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (HashFileReader.HasDigest(line)) return line.Trim(" \t\r"u8).ToArray();
        }
        return null;
    }

    static bool IsDigest(ReadOnlySpan<byte> field) => HashFileReader.AlgorithmOf(field.Trim(" \t"u8)) is not null;

    static bool NamesAFile(HashFile file, FileIndex index)
    {
        for (var line = 0; line < file.Count; line++)
            if (index.FindStated(file.Folder, file.NameAt(line)) >= 0) return true;
        return false;
    }
}
