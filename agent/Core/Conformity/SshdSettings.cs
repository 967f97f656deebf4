namespace Difusor.Agent.Conformity;

/// <summary>
/// The output of <c>sshd -T</c>: each setting in lower case, and its value. If a setting is printed again, its value is
/// added to the first.
/// </summary>
public sealed class SshdSettings
{
    readonly Dictionary<string, List<string>> values = [];
    readonly string? home;

    /// <param name="account">The account that the settings apply to.</param>
    /// <param name="home">The account's home, for <c>%h</c>; null if unknown.</param>
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

    /// <summary>Gets the account that the settings apply to.</summary>
    public string Account { get; }

    /// <summary>Returns the value of a setting; empty if sshd does not print it.</summary>
    public string this[string name] => values.TryGetValue(name, out var all) ? string.Join(' ', all) : "";

    /// <summary>Gets ChrootDirectory with its tokens replaced; null if there is none.</summary>
    public string? Chroot => this["chrootdirectory"] is var path && path is not ("" or "none")
        ? path.Replace("%h", home ?? "%h", StringComparison.Ordinal).Replace(
            "%u", Account, StringComparison.Ordinal).Replace("%%", "%", StringComparison.Ordinal) : null;

    /// <summary>Gets the paths of its private keys; the public half of each is beside it.</summary>
    public IEnumerable<string> HostKeyFiles => this["hostkey"].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public IEnumerable<int> Ports => this["port"].Split(' ')
        .Select(port => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : 0).Where(number => number > 0);
}
