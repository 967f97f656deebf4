namespace Difusor.Agent.Drop;

/// <summary>
/// A path below the drop exactly as the file system has it: any bytes except zero, stored as one byte per char. So even
/// a name that is not valid text can be a key and can be reported. The empty path is the drop itself.
/// </summary>
public readonly record struct RawPath(string Bytes) : IComparable<RawPath>
{
    public static RawPath Root { get; } = new("");

    public bool IsRoot => Bytes.Length == 0;

    public static RawPath Of(ReadOnlySpan<byte> bytes) => new(Encoding.Latin1.GetString(bytes));

    public static RawPath Of(RelativePath path) =>
        new(Ascii.IsValid(path.Value) ? path.Value : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(path.Value)));

    /// <summary>Returns the path of the entry <paramref name="name"/> of this folder.</summary>
    public RawPath Child(ReadOnlySpan<byte> name)
    {
        if (IsRoot) return Of(name);
        Span<char> chars = name.Length < 512 ? stackalloc char[name.Length] : new char[name.Length];
        Encoding.Latin1.GetChars(name, chars);
        return new RawPath(string.Concat(Bytes, "/", chars));
    }

    /// <summary>Gets the first component, which says to which entry of the drop the path belongs.</summary>
    public RawPath Top =>
        Bytes.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? new RawPath(Bytes[..slash]) : this;

    public ReadOnlySpan<char> Name => Bytes.AsSpan(Bytes.LastIndexOf('/') + 1);

    /// <summary>
    /// Returns the path below <paramref name="folder"/>: the empty path for the folder itself, and the whole path if it
    /// does not lie in the folder.
    /// </summary>
    public RawPath Below(RawPath folder) =>
        folder.IsRoot ? this : this == folder ? Root : IsIn(folder) ? new RawPath(Bytes[(folder.Bytes.Length + 1)..])
            : this;

    public bool IsIn(RawPath folder) =>
        folder.IsRoot
            || (Bytes.Length > folder.Bytes.Length && Bytes[folder.Bytes.Length] == '/'
            && Bytes.StartsWith(folder.Bytes, StringComparison.Ordinal));

    /// <summary>Writes the bytes and returns the part of <paramref name="buffer"/> that they fill.</summary>
    public ReadOnlySpan<byte> CopyTo(Span<byte> buffer) => buffer[..Encoding.Latin1.GetBytes(Bytes, buffer)];

    public byte[] ToBytes() => Encoding.Latin1.GetBytes(Bytes);

    /// <summary>Returns the path as a path of the package, or why it is unsafe.</summary>
    public PathReading Read(PathLimits limits)
    {
        if (Bytes.Length > limits.Length) return RelativePath.Read(ToBytes(), limits);
        Span<byte> buffer = stackalloc byte[Bytes.Length];
        return RelativePath.Read(CopyTo(buffer), limits);
    }

    public int CompareTo(RawPath other) => string.CompareOrdinal(Bytes, other.Bytes);

    /// <summary>Returns the path for messages: unprintable bytes are shown as <c>\xNN</c>.</summary>
    public override string ToString() => Printable.Of(ToBytes());

    public static bool operator <(RawPath left, RawPath right) => left.CompareTo(right) < 0;
    public static bool operator >(RawPath left, RawPath right) => left.CompareTo(right) > 0;
    public static bool operator <=(RawPath left, RawPath right) => left.CompareTo(right) <= 0;
    public static bool operator >=(RawPath left, RawPath right) => left.CompareTo(right) >= 0;
}
