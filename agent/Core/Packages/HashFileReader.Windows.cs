namespace Difusor.Agent.Packages;

/// <summary>
/// Reads what only tools of Windows write: certutil's digests, PowerShell's records, and names with back slashes.
/// </summary>
sealed partial class HashFileReader
{
    /// <summary>
    /// Takes certutil's first line: <c>SHA256 hash of NAME:</c>, in older ones <c>hash of file NAME:</c>; in Spanish
    /// <c>SHA256 hash de NAME:</c> or <c>Hash SHA256 del archivo NAME:</c>.
    /// </summary>
    bool IsHeadOfCertutil(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd(" \t"u8);
        if (!line.EndsWith(":"u8)) return false;
        var rest = line[..^1].TrimEnd((byte)' ');
        ReadOnlySpan<byte> first = TakeWord(ref rest), second = TakeWord(ref rest), third = TakeWord(ref rest);
        var algorithm = Is(second, "hash"u8) ? AlgorithmNamed(first) : Is(first, "hash"u8) ? AlgorithmNamed(second)
            : null;
        if (algorithm is null || rest.IsEmpty || !(Is(third, "of"u8) || Is(third, "de"u8) || Is(third, "del"u8)))
            return false;
        var behind = rest;
        var fourth = TakeWord(ref behind);
        if (!behind.IsEmpty && (Is(fourth, "file"u8) || Is(fourth, "archivo"u8))) rest = behind;
        (recordName, recordAlgorithm) = ((OffsetOf(rest), rest.Length), algorithm);
        form = Form.DigestOfCertutil;
        return true;
    }

    /// <summary>Returns the text up to the next blank, and leaves what is behind that blank.</summary>
    static ReadOnlySpan<byte> TakeWord(ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)' ');
        var word = end < 0 ? text : text[..end];
        text = end < 0 ? [] : text[(end + 1)..];
        return word;
    }

    static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> other) => Ascii.EqualsIgnoreCase(word, other);

    /// <summary>Reads the digest below certutil's first line; older ones have a blank between two bytes.</summary>
    string? ReadDigestOfCertutil(ReadOnlySpan<byte> line)
    {
        var (algorithm, name) = (recordAlgorithm!.Value, recordName!.Value);
        (form, recordName, recordAlgorithm) = (Form.Lines, null, null);
        Span<byte> digits = stackalloc byte[2 * HashFile.LongestDigest];
        var count = 0;
        foreach (var digit in line.TrimEnd(" \t"u8))
        {
            if (digit == ' ') continue;
            if (count == 2 * algorithm.Size() || !HexDigits.Contains(digit)) return NotTheDigits(algorithm);
            digits[count++] = digit;
        }
        if (count < 2 * algorithm.Size()) return NotTheDigits(algorithm);
        if (line[..count].Contains((byte)' ')) digits[..count].CopyTo(Edited(OffsetOf(line)));
        hasDigestOfCertutil = true;
        return Add(whole.AsSpan(name.Start, name.Length), algorithm, line, escaped: false);
    }

    static string NotTheDigits(DigestAlgorithm algorithm) =>
        $"not the {2 * algorithm.Size()} hex digits of {algorithm.Name()}";

    /// <summary>Returns whether a line is a command that was typed, where all that a window shows was kept.</summary>
    static bool IsPrompt(ReadOnlySpan<byte> line) =>
        line.IndexOf((byte)'>') is var end and > 0 && line[(end + 1)..].TrimStart((byte)' ') is var typed
            && typed.Length > 8 && Is(typed[..8], "certutil"u8) && typed.IndexOf(" -hashfile "u8) > 0;

    /// <summary>Takes <c>Hash : DIGEST</c>, <c>Path : NAME</c> or <c>Algorithm : SHA256</c> of a record.</summary>
    bool IsField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || colon + 1 >= line.Length || line[colon + 1] != ' ') return false;
        var value = line[(colon + 2)..];
        (int Start, int Length)? place = (OffsetOf(value), value.Length);
        switch (ListColumns.MeaningOf(line[..colon].TrimEnd((byte)' '), out var named))
        {
            case ListColumns.Meaning.Name or ListColumns.Meaning.Path:
                return Takes(ref recordName, place);
            case ListColumns.Meaning.Digest:
                return (named is null || Takes(ref recordAlgorithm, named)) && Takes(ref recordDigest, place);
            case ListColumns.Meaning.Algorithm:
                return AlgorithmNamed(value.Trim(" \t"u8)) is { } algorithm && Takes(ref recordAlgorithm, algorithm);
            case ListColumns.Meaning.Other:
                return false;
        }
        return false;
    }

    static bool Takes<T>(ref T? kept, T? value) where T : struct
    {
        if (kept is not null) return false;
        kept = value;
        return true;
    }

    /// <summary>Ends a record, at a blank line or at the end of the text.</summary>
    /// <returns>What is wrong with it; null if nothing is, or there is none.</returns>
    string? EndRecord()
    {
        if (form != Form.Record) return null;
        var (name, digest, stated) = (recordName, recordDigest, recordAlgorithm);
        (form, recordName, recordDigest, recordAlgorithm) = (Form.Lines, null, null, null);
        if (name is not { } its || digest is not { } place) return "a record without a name or without a digest";
        var hex = whole.AsSpan(place.Start, place.Length).Trim(" \t"u8);
        if (AlgorithmOf(hex) is not { } algorithm) return "no digest where one should be";
        if (stated is { } other && other != algorithm) return NotTheDigits(other);
        return Add(WithoutTabs(whole.AsSpan(its.Start, its.Length)), algorithm, hex, escaped: false);
    }

    /// <summary>
    /// Adds a name with back slashes as what it is on Windows, where they are separators. All such names of a list must
    /// lead to safe paths: if one does not, none is taken so.
    /// </summary>
    /// <param name="at">Where the name lies in the text; what it leads to takes its place there.</param>
    /// <param name="name">The name without escapes.</param>
    /// <returns>False if it is a name with back slashes and nothing else.</returns>
    bool AddOfWindows(int at, ReadOnlySpan<byte> name, DigestAlgorithm algorithm, int hex)
    {
        if (!mayBeOfWindows) return false;
        var room = Edited(at)[..name.Length];
        name.CopyTo(room);
        room.Replace((byte)'\\', (byte)'/');
        var root = RootLength(name);
        var path = RelativePath.WithoutDotSlash(room[root..]);
        if (ProblemOf(path) is not null) isNotOfWindows = true;
        else if (root > 0) AddUnsafe(name, "an absolute Windows path");
        else
        {
            isOfWindows = true;
            lines.Add(new HashFile.Line(at + name.Length - path.Length, path.Length, hex, algorithm));
        }
        return true;
    }

    /// <summary>Returns how many bytes of a name say that it is absolute: <c>C:\</c>, <c>\\</c> or <c>\</c>.</summary>
    static int RootLength(ReadOnlySpan<byte> name) => name switch
    {
        [(>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z'), (byte)':', (byte)'\\', ..] => 3,
        [(byte)'\\', (byte)'\\', ..] => 2,
        [(byte)'\\', ..] => 1,
        _ => 0,
    };

    /// <summary>Returns the text's copy that may be changed, from an offset on.</summary>
    Span<byte> Edited(int from) => (edited ??= (byte[])whole.Clone()).AsSpan(from);
}
