using System.Globalization;

namespace Difusor.Agent.Conformity;

/// <summary>
/// What <c>sshd -T</c> prints: each setting in lower case, and its value. A setting that is printed again adds to the
/// first.
/// </summary>
public sealed class SshdSettings
{
    readonly Dictionary<string, List<string>> values = [];
    readonly string? home;

    /// <param name="account">Whom the settings hold for.</param>
    /// <param name="home">The account's home, for <c>%h</c>; null where nobody knows.</param>
    public SshdSettings(string account, string dump, string? home)
    {
        (Account, this.home) = (account, home);
        foreach (var line in dump.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (name, value) = space < 0 ? (line, "") : (line[..space], line[(space + 1)..]);
            if (!values.TryGetValue(name, out var all)) values.Add(name, all = []);
            all.Add(value);
        }
    }

    /// <summary>Whom the settings hold for.</summary>
    public string Account { get; }

    /// <summary>A setting's value; empty where sshd does not print it.</summary>
    public string this[string name] => values.TryGetValue(name, out var all) ? string.Join(' ', all) : "";

    /// <summary>ChrootDirectory with its tokens put in; null where there is none.</summary>
    public string? Chroot => this["chrootdirectory"] is var path && path is not ("" or "none")
        ? path.Replace("%h", home ?? "%h", StringComparison.Ordinal).Replace(
            "%u", Account, StringComparison.Ordinal).Replace("%%", "%", StringComparison.Ordinal) : null;

    public IEnumerable<int> Ports => this["port"].Split(' ')
        .Select(port => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : 0).Where(number => number > 0);
}
