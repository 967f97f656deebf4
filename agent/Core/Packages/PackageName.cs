namespace Difusor.Agent.Packages;

/// <summary>
/// How a package is delivered. <see cref="Folder"/> also stands for a tree, and for any name without an archive's
/// extension; <see cref="Other"/> is an archive of a kind that is not read (<see cref="OtherArchives"/>).
/// </summary>
public enum PackageForm { Folder, Zip, Tar, TarGz, Other }

/// <summary>
/// What a package's name says: <c>YYYYMMDD_HHMM</c>, optional seconds, and the series (contract, section 6). The stamp
/// is local time without an offset.
/// </summary>
/// <param name="Series">
/// The name without stamp and extension; null if there is no stamp to remove, or nothing else is left.
/// </param>
/// <param name="Stamp">The local date and time; null if the name has no digits that make a date.</param>
public sealed record PackageName(string? Series, DateTime? Stamp, PackageForm Form)
{
    static readonly (string Extension, PackageForm Form)[] Extensions =
        [(".zip", PackageForm.Zip), (".tar", PackageForm.Tar), (".tar.gz", PackageForm.TarGz),
            (".tgz", PackageForm.TarGz)];

    public static PackageName Read(string name)
    {
        name = name.TrimEnd('/');
        name = name[(name.LastIndexOf('/') + 1)..];
        var (form, length) = ExtensionOf(name);
        name = name[..^length];
        for (var start = 0; start + 13 <= name.Length; start++)
        {
            if (start > 0 && char.IsAsciiDigit(name[start - 1])) continue;
            if (StampAt(name.AsSpan(start)) is not var (stamp, digits)) continue;
            var rest = name[..start].TrimEnd('_', '-', ' ') is { Length: > 0 } before
                ? before + name[(start + digits)..] : name[(start + digits)..].TrimStart('_', '-', ' ');
            return new PackageName(rest.Length > 0 ? rest : null, stamp, form);
        }
        return new PackageName(null, null, form);
    }

    /// <summary>Returns what a file of this name is.</summary>
    public static PackageForm FormOf(ReadOnlySpan<char> name) => ExtensionOf(name).Form;

    /// <summary>Returns a name without an archive's extension, as the folder is called that was packed.</summary>
    public static string WithoutExtension(string name) => name[..^ExtensionOf(name).Length];

    /// <summary>Returns whether the stamp is the first thing in a name.</summary>
    internal static bool BeginsWithStamp(ReadOnlySpan<char> name) => StampAt(name) is not null;

    /// <summary>Returns whether this is an archive's extension; its dot is included.</summary>
    public static bool IsArchiveExtension(string extension) =>
        Extensions.Any(known => known.Extension.Equals(extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns the name as it is, and with each archive extension in lower case and in upper case.</summary>
    public static IEnumerable<string> WithEachExtension(string name) =>
        Extensions.SelectMany(known => new[] { name + known.Extension, name + known.Extension.ToUpperInvariant() })
            .Prepend(name);

    /// <summary>
    /// Returns the path with each stamp in it replaced by <c>*</c>, so that the same file of two cortes has the same
    /// name.
    /// </summary>
    public static string WithoutStamps(string path)
    {
        for (var at = 0; at + 13 <= path.Length; at++)
            if ((at == 0 || !char.IsAsciiDigit(path[at - 1])) && StampAt(path.AsSpan(at)) is var (_, length))
                path = $"{path.AsSpan(0, at)}*{path.AsSpan(at + length)}";
        return path;
    }

    static (PackageForm Form, int Length) ExtensionOf(ReadOnlySpan<char> name)
    {
        foreach (var (extension, form) in Extensions)
            if (name.Length > extension.Length && name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                return (form, extension.Length);
        return OtherArchives.EndingOf(name) is > 0 and var ending ? (PackageForm.Other, ending)
            : (PackageForm.Folder, 0);
    }

    /// <summary>
    /// Reads a stamp at the beginning: 8 digits, an underscore, 4 or 6 digits, and no digit after them.
    /// </summary>
    static (DateTime Stamp, int Length)? StampAt(ReadOnlySpan<char> text)
    {
        var digits = text.Length >= 13 && text[8] == '_'
            ? text[9..].IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : text.Length - 9 : 0;
        if (digits is not (4 or 6)) return null;
        return DateTime.TryParseExact(text[..(9 + digits)], digits == 4 ? "yyyyMMdd_HHmm" : "yyyyMMdd_HHmmss",
            CultureInfo.InvariantCulture, DateTimeStyles.None, out var stamp) && Corte.IsPossible(stamp.Year)
                ? (stamp, 9 + digits) : null;
    }
}
