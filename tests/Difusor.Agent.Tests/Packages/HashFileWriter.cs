namespace Difusor.Agent.Tests.Packages;

/// <summary>How a HASH file states digests.</summary>
enum HashFormat
{
    Coreutils, CoreutilsBinary, Bsd, NameFirst, NameAndSemicolon, DigestAndSemicolon, Csv, Hashdeep, Certutil,
    CertutilOfOld, CertutilInSpanish, FileHashTable, FileHashList, FileHashCsv, SevenZip,
}

/// <summary>What is around a list, whatever its form.</summary>
enum HashWrapping { Plain, Utf8Mark, Utf16, Utf16BigEndian, ClearSigned }

/// <summary>
/// Writes HASH files as the tools write them; <see cref="HashFile.Parse(RelativePath, ReadOnlySpan{byte})"/> reads back
/// what it writes.
/// </summary>
static class HashFileWriter
{
    const string SevenZipRule = "-------------  ------------\n";

    /// <summary>What begins another kind of line than one with a name.</summary>
    static readonly string[] OtherLines = ["#", ";", "\\", "//", "%%%% ", "-----BEGIN", "\""];

    /// <param name="entries">Their names are written as they are: relative to the HASH file's folder, which is the
    /// caller's affair.</param>
    public static byte[] Write(IEnumerable<ManifestEntry> entries, HashFormat format) =>
        Encoding.UTF8.GetBytes(TextOf(entries, format));

    public static byte[] Write(IEnumerable<ManifestEntry> entries, HashFormat format, HashWrapping wrapping) =>
        Wrap(TextOf(entries, format), wrapping);

    public static byte[] Wrap(string text, HashWrapping wrapping) => wrapping switch
    {
        HashWrapping.Plain => Encoding.UTF8.GetBytes(text),
        HashWrapping.Utf8Mark => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)],
        HashWrapping.Utf16 => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)],
        HashWrapping.Utf16BigEndian => [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(text)],
        HashWrapping.ClearSigned => Encoding.UTF8.GetBytes(Signed(text)),
    };

    /// <summary>As <c>gpg --clearsign</c> does: a line that begins with a hyphen is escaped.</summary>
    static string Signed(string text) =>
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"
        + string.Concat(text.TrimEnd('\n').Split('\n').Select(line => (line.StartsWith('-') ? "- " : "") + line + "\n"))
        + "-----BEGIN PGP SIGNATURE-----\n\niHUEARYKAB0WIQ==\n=abcd\n-----END PGP SIGNATURE-----\n";

    static string TextOf(IEnumerable<ManifestEntry> entries, HashFormat format)
    {
        var text = new StringBuilder();
        DigestAlgorithm? before = null;
        if (format == HashFormat.SevenZip)
            text.Append("\n7-Zip 23.01 (x64) : Copyright (c) 1999-2023 Igor Pavlov : 2023-06-20\n\nScanning\n\n");
        foreach (var (path, digest) in entries)
        {
            if (digest.Algorithm != before) text.Append(HeaderOf(format, digest.Algorithm, before is null));
            before = digest.Algorithm;
            text.Append(LineOf(format, path, digest));
        }
        if (format == HashFormat.SevenZip) text.Append($"{new string('-', 64)} {SevenZipRule}");
        return text.ToString();
    }

    /// <summary>Returns what a form is called where an institute is told which ones are read.</summary>
    public static (string Es, string En) Called(HashFormat format) => format switch
    {
        HashFormat.Coreutils or HashFormat.CoreutilsBinary => ("sha256sum", "sha256sum"),
        HashFormat.Bsd => ("BSD", "BSD"),
        HashFormat.NameFirst or HashFormat.NameAndSemicolon or HashFormat.DigestAndSemicolon =>
            ("nombre y huella en cualquier orden", "name and digest in either order"),
        HashFormat.Csv => ("CSV", "CSV"),
        HashFormat.Hashdeep => ("hashdeep", "hashdeep"),
        HashFormat.Certutil or HashFormat.CertutilOfOld or HashFormat.CertutilInSpanish => ("certutil", "certutil"),
        HashFormat.FileHashTable or HashFormat.FileHashList or HashFormat.FileHashCsv =>
            ("Get-FileHash", "Get-FileHash"),
        HashFormat.SevenZip => ("7-Zip", "7-Zip"),
    };

    static string HeaderOf(HashFormat format, DigestAlgorithm algorithm, bool isFirst) => format switch
    {
        HashFormat.Hashdeep =>
            $"%%%% HASHDEEP-1.0\n%%%% size,{algorithm.Name()},filename\n## Invoked from: /srv/prep\n## $ hashdeep\n"
            + "## \n",
        HashFormat.FileHashTable =>
            "\nAlgorithm       Hash                     Path\n---------       ----                     ----\n",
        HashFormat.SevenZip when isFirst =>
            $"{algorithm.Name().ToUpperInvariant(),-64} {"Size",13}  Name\n{new string('-', 64)} {SevenZipRule}",
        HashFormat.Csv when isFirst => "archivo;huella\n",
        HashFormat.FileHashCsv when isFirst => "\"Algorithm\",\"Hash\",\"Path\"\r\n",
        HashFormat.FileHashList when isFirst => "\n\n",
        _ => "",
    };

    static string LineOf(HashFormat format, RelativePath path, Digest digest)
    {
        var (hex, named) = (digest.Hex, digest.Algorithm.Name().ToUpperInvariant());
        var upper = hex.ToUpperInvariant();
        return format switch
        {
            HashFormat.Coreutils => $"{hex}  {path}\n",
            HashFormat.CoreutilsBinary => $"{hex} *{path}\n",
            HashFormat.Bsd => $"{named} ({path}) = {hex}\n",
            HashFormat.NameFirst => $"{path}  {hex}\n",
            HashFormat.NameAndSemicolon => $"{path};{hex}\n",
            HashFormat.DigestAndSemicolon => $"{upper};{path}\r\n",
            HashFormat.Csv => $"{path};{hex}\n",
            HashFormat.Hashdeep => $"123,{hex},{path}\n",
            HashFormat.Certutil =>
                $"{named} hash of {path}:\r\n{hex}\r\nCertUtil: -hashfile command completed successfully.\r\n",
            HashFormat.CertutilOfOld =>
                $"{named} hash of file {path}:\r\n{string.Join(' ', hex.Chunk(2).Select(two => new string(two)))}\r\n"
                + "CertUtil: -hashfile command completed successfully.\r\n",
            HashFormat.CertutilInSpanish =>
                $"{named} hash de {path}:\r\n{hex}\r\nCertUtil: -hashfile comando completado correctamente.\r\n",
            HashFormat.FileHashTable => $"{named,-15} {upper} {path}\n",
            HashFormat.FileHashList => $"Algorithm : {named}\nHash      : {upper}\nPath      : {path}\n\n",
            HashFormat.FileHashCsv => $"\"{named}\",\"{upper}\",\"{path}\"\r\n",
            HashFormat.SevenZip => $"{upper,-64} {123,13}  {path}\n",
        };
    }

    /// <summary>
    /// Returns whether a form can state this digest under this name: some forms have no way to write a blank at an end,
    /// their own separator, or what another form would read.
    /// </summary>
    public static bool CanState(ManifestEntry entry, HashFormat format)
    {
        var name = entry.Path.Value;
        var isPlain = name.Trim() == name && !OtherLines.Any(other => name.StartsWith(other, StringComparison.Ordinal))
            && !name.Contains('=', StringComparison.Ordinal) && !IsDigest(name);
        return format switch
        {
            HashFormat.Coreutils or HashFormat.CoreutilsBinary or HashFormat.Bsd => true,
            HashFormat.NameFirst => isPlain && !":=|>-*#~;,".Contains(name[^1], StringComparison.Ordinal),
            HashFormat.NameAndSemicolon or HashFormat.DigestAndSemicolon or HashFormat.Csv => isPlain,
            HashFormat.Certutil or HashFormat.CertutilInSpanish or HashFormat.CertutilOfOld =>
                isPlain && !name.StartsWith("file ", StringComparison.Ordinal),
            HashFormat.Hashdeep or HashFormat.FileHashList or HashFormat.FileHashCsv => true,
            HashFormat.FileHashTable => name[0] != ' ',
            HashFormat.SevenZip => name[0] != ' ' && entry.Digest.Algorithm == DigestAlgorithm.Sha256,
        };
    }

    static bool IsDigest(string name) => name.Length >= 32 && name.All(char.IsAsciiHexDigit);

    /// <summary>A sidecar: one digest and no name.</summary>
    public static byte[] WriteBare(Digest digest) => Encoding.UTF8.GetBytes(digest.Hex + "\n");
}
