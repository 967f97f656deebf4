using System.Buffers;
using System.Text.Unicode;

namespace Difusor.Agent.Packages;

/// <summary>
/// How long and how deep a path may be: <c>limits.path_length</c> in bytes of UTF-8, <c>limits.path_depth</c> in
/// segments.
/// </summary>
public readonly record struct PathLimits(int Length, int Depth)
{
    public static PathLimits Default { get; } = new(1024, 32);
}

/// <summary>
/// The path of a package's file below the package's root: segments joined by <c>/</c>, none of them empty, <c>.</c> or
/// <c>..</c>; no control or format character, no back slash, valid UTF-8. A value of this type never leaves its root
/// (contract, section 6).
/// </summary>
public sealed class RelativePath : IEquatable<RelativePath>, IComparable<RelativePath>
{
    RelativePath(string value) => Value = value;

    public string Value { get; }

    /// <summary>
    /// Gets its length in bytes of UTF-8, as <c>limits.path_length</c> and <c>limits.path_text</c> count it.
    /// </summary>
    public int Utf8Length => Encoding.UTF8.GetByteCount(Value);

    /// <summary>Gets the last segment.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>Gets everything before the last segment; empty at the top.</summary>
    public string Folder => Value.LastIndexOf('/') is var slash and >= 0 ? Value[..slash] : "";

    public int Depth => 1 + Value.AsSpan().Count('/');

    /// <summary>Returns the path as it is below a folder; null if it does not lie in it.</summary>
    internal RelativePath? Below(string folder) =>
        Value.Length > folder.Length && Value[folder.Length] == '/'
            && Value.StartsWith(folder, StringComparison.Ordinal)
            ? Own(Value[(folder.Length + 1)..]) : null;

    /// <summary>Reads a path as a sender wrote it. Drops a leading <c>./</c>, which coreutils and tar write.</summary>
    /// <returns>Either the path or what makes it unsafe, never both.</returns>
    public static PathReading Read(ReadOnlySpan<byte> utf8, PathLimits limits)
    {
        utf8 = WithoutDotSlash(utf8);
        return Problem(utf8, limits) is { } problem ? PathReading.Unsafe(problem)
            : PathReading.Safe(new RelativePath(Encoding.UTF8.GetString(utf8)));
    }

    internal static ReadOnlySpan<byte> WithoutDotSlash(ReadOnlySpan<byte> utf8)
    {
        while (utf8.StartsWith("./"u8) && utf8.Length > 2) utf8 = utf8[2..];
        return utf8;
    }

    /// <summary>
    /// Returns what makes a path unsafe; null if nothing does. Creates no string for a safe path, because manifests
    /// name several hundred thousand paths.
    /// </summary>
    internal static string? Problem(ReadOnlySpan<byte> utf8, PathLimits limits)
    {
        if (utf8.IsEmpty) return "empty";
        if (utf8.Length > limits.Length) return $"longer than {limits.Length} bytes";
        if (utf8[0] == '/') return "absolute";
        var ascii = Ascii.IsValid(utf8);
        if (!ascii && !Utf8.IsValid(utf8)) return "not UTF-8";
        var rest = utf8;
        for (var depth = 1; ; depth++)
        {
            if (depth > limits.Depth) return $"deeper than {limits.Depth} folders";
            var slash = rest.IndexOf((byte)'/');
            var segment = slash < 0 ? rest : rest[..slash];
            if (segment.IsEmpty) return "an empty segment";
            if (segment.SequenceEqual("."u8) || segment.SequenceEqual(".."u8))
                return $"a segment '{Encoding.ASCII.GetString(segment)}'";
            if (segment.Length > 255) return "a name longer than 255 bytes";
            if (slash < 0) break;
            rest = rest[(slash + 1)..];
        }
        if (utf8.Contains((byte)'\\')) return "a back slash";
        if (utf8.ContainsAny(AsciiControls) || (!ascii && HasWideControl(utf8))) return "a control character";
        return !ascii && HasFormat(utf8) ? "a character that hides or turns the text" : null;
    }

    static readonly SearchValues<byte> AsciiControls =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), 0x7F]);

    /// <summary>
    /// Returns whether valid UTF-8 has a C1 control (U+0080 to U+009F) or one of the line separators U+2028 and U+2029.
    /// </summary>
    static bool HasWideControl(ReadOnlySpan<byte> utf8)
    {
        for (var i = 0; i + 1 < utf8.Length; i++)
            if ((utf8[i] == 0xC2 && utf8[i + 1] < 0xA0)
                || (utf8[i] == 0xE2 && utf8[i + 1] == 0x80 && i + 2 < utf8.Length && (utf8[i + 2] & 0xFE) == 0xA8))
                return true;
        return false;
    }

    /// <summary>
    /// Returns whether valid UTF-8 has a character that only changes how others are shown: a name with one looks like
    /// another name.
    /// </summary>
    static bool HasFormat(ReadOnlySpan<byte> utf8)
    {
        while (Rune.DecodeFromUtf8(utf8, out var rune, out var consumed) == OperationStatus.Done)
        {
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format) return true;
            utf8 = utf8[consumed..];
        }
        return false;
    }

    public static PathReading Read(string text, PathLimits limits) => Read(Encoding.UTF8.GetBytes(text), limits);

    /// <summary>Makes a path that the program itself wrote.</summary>
    /// <exception cref="ArgumentException">The path is not safe, which is a bug in the program.</exception>
    public static RelativePath Own(string text) =>
        Read(text, new PathLimits(4096, 1024)).Path
            ?? throw new ArgumentException($"not a relative path: {text}", nameof(text));

    public bool Equals(RelativePath? other) => other is not null && Value == other.Value;
    public override bool Equals(object? obj) => Equals(obj as RelativePath);
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);
    public int CompareTo(RelativePath? other) => string.CompareOrdinal(Value, other?.Value);
    public override string ToString() => Value;

    public static bool operator ==(RelativePath? left, RelativePath? right) => Equals(left, right);
    public static bool operator !=(RelativePath? left, RelativePath? right) => !Equals(left, right);
    public static bool operator <(RelativePath left, RelativePath right) => left.CompareTo(right) < 0;
    public static bool operator >(RelativePath left, RelativePath right) => left.CompareTo(right) > 0;
    public static bool operator <=(RelativePath left, RelativePath right) => left.CompareTo(right) <= 0;
    public static bool operator >=(RelativePath left, RelativePath right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// The result of reading a path: a safe path, or why it is <c>unsafe-path</c>. Exactly one of the two is set.
/// </summary>
public readonly record struct PathReading
{
    public RelativePath? Path { get; private init; }
    public string? Problem { get; private init; }

    internal static PathReading Safe(RelativePath path) => new() { Path = path };
    internal static PathReading Unsafe(string problem) => new() { Problem = problem };
}
