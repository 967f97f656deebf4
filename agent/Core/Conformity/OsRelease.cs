using System.Collections.Frozen;

namespace Difusor.Agent.Conformity;

/// <summary>The two families of systems: they differ in how software is installed and in names.</summary>
public enum PackageFamily { Debian, RedHat }

/// <summary>What os-release(5) says about a host.</summary>
/// <param name="Id"><c>ubuntu</c>, <c>rhel</c>, <c>fedora</c>, <c>centos</c>, <c>debian</c>, ...</param>
/// <param name="Kin">The words of ID_LIKE.</param>
/// <param name="Version">VERSION_ID: <c>24.04</c>, <c>9.4</c>.</param>
/// <param name="SupportEnd">SUPPORT_END, if the file has it.</param>
public sealed record OsRelease(string Id, IReadOnlyList<string> Kin, string Version, string Name, DateOnly? SupportEnd)
{
    static readonly string[] Named = ["centos", "ubuntu", "fedora", "rhel"];

    /// <summary>
    /// The last day of public support as the vendors announce it; for Debian that of LTS. A release that is not listed
    /// is newer or unknown.
    /// </summary>
    static readonly FrozenDictionary<string, DateOnly> Ends = new Dictionary<string, DateOnly>
    {
        ["ubuntu 18.04"] = new(2023, 5, 31), ["ubuntu 20.04"] = new(2025, 5, 31), ["ubuntu 22.04"] = new(2027, 6, 1),
        ["ubuntu 24.04"] = new(2029, 5, 31), ["ubuntu 24.10"] = new(2025, 7, 10), ["ubuntu 25.04"] = new(2026, 1, 15),
        ["ubuntu 25.10"] = new(2026, 7, 9), ["ubuntu 26.04"] = new(2031, 5, 31),
        ["debian 10"]
        = new(2024, 6, 30), ["debian 11"] = new(2026, 8, 31), ["debian 12"] = new(2028, 6, 30),
        ["debian 13"] = new(2030, 6, 30),
        ["fedora 40"]
        = new(2025, 5, 13), ["fedora 41"] = new(2025, 12, 15), ["fedora 42"] = new(2026, 5, 13),
        ["fedora 43"] = new(2026, 12, 9),
        ["centos 7"]
        = new(2024, 6, 30), ["centos 8"] = new(2024, 5, 31), ["centos 9"] = new(2027, 5, 31),
        ["centos 10"] = new(2030, 1, 1),
        ["rhel 7"]
        = new(2024, 6, 30), ["rhel 8"] = new(2029, 5, 31), ["rhel 9"] = new(2032, 5, 31),
        ["rhel 10"] = new(2035, 5, 31),
        ["almalinux 8"] = new(2029, 3, 1), ["almalinux 9"] = new(2032, 5, 31), ["almalinux 10"] = new(2035, 5, 31),
        ["rocky 8"] = new(2029, 5, 31), ["rocky 9"] = new(2032, 5, 31), ["rocky 10"] = new(2035, 5, 31),
    }.ToFrozenDictionary();

    /// <summary>Reads os-release(5).</summary>
    public static OsRelease Read(string text)
    {
        var fields = new Dictionary<string, string>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries))
            if (line.IndexOf('=', StringComparison.Ordinal) is var equals and > 0 && line[0] != '#')
                fields[line[..equals]] = line[(equals + 1)..].Trim('"', '\'');
        DateOnly? end = DateOnly.TryParseExact(
            fields.GetValueOrDefault("SUPPORT_END", ""), "yyyy-MM-dd", CultureInfo.InvariantCulture,
            DateTimeStyles.None, out var day) ? day : null;
        return new OsRelease(
            fields.GetValueOrDefault("ID", "linux"),
            fields.GetValueOrDefault("ID_LIKE", "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            fields.GetValueOrDefault("VERSION_ID", ""),
            fields.GetValueOrDefault("PRETTY_NAME", fields.GetValueOrDefault("NAME", "Linux")), end);
    }

    /// <summary>Gets whether the call names it: CentOS, Ubuntu, Fedora, Red Hat.</summary>
    public bool IsNamed => Named.Contains(Id);

    /// <summary>
    /// Gets which of the four is of the same family; null if none. Debian is Ubuntu's own parent, and says of itself
    /// that it comes from nothing: so being kin says nothing about who comes from whom.
    /// </summary>
    public string? KinOf =>
        Kin.FirstOrDefault(Named.Contains) ?? (Id == "debian" || Kin.Contains("debian") ? "ubuntu" : null);

    public PackageFamily Family => Id is "debian" or "ubuntu" || Kin.Contains("debian") ? PackageFamily.Debian
        : PackageFamily.RedHat;

    /// <summary>Gets the last day of support; null if it is unknown.</summary>
    public DateOnly? End =>
        SupportEnd
        ?? (Ends.TryGetValue($"{Id} {Version}", out var day) || Ends.TryGetValue(
        $"{Id} {Version.Split('.')[0]}", out day) ? day : null);

    /// <summary>Returns the command that installs a package, which has a different name in each family.</summary>
    public string Install(string debian, string redHat) =>
        Family == PackageFamily.Debian ? $"apt-get install {debian}" : $"dnf install {redHat}";

    /// <summary>Returns one of two spellings, by family.</summary>
    public string Either(string debian, string redHat) => Family == PackageFamily.Debian ? debian : redHat;
}
