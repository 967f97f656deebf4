namespace Difusor.Agent.Drop;

/// <summary>An account of the host.</summary>
/// <param name="Groups">Its own group and those that it is a member of.</param>
/// <param name="Home">Its home folder; for SFTP mostly its chroot.</param>
public sealed record HostAccount(string Name, uint Id, uint Group, ImmutableHashSet<uint> Groups, string Home);

/// <summary>The accounts and groups of the host, from passwd(5) and group(5).</summary>
public sealed class HostAccounts
{
    readonly Dictionary<uint, string> groups = [];

    HostAccounts(ImmutableArray<HostAccount> all) => All = all;

    public ImmutableArray<HostAccount> All { get; private set; }

    /// <summary>Reads both files' lines. A line that cannot be read is passed over.</summary>
    public static HostAccounts Read(IEnumerable<string> passwd, IEnumerable<string> group)
    {
        var read = new HostAccounts([]);
        var memberOf = new Dictionary<string, List<uint>>(StringComparer.Ordinal);
        foreach (var fields in group.Select(line => line.Split(':')))
        {
            if (fields.Length < 4 || Id(fields[2]) is not { } id) continue;
            read.groups.TryAdd(id, fields[0]);
            foreach (var member in fields[3].Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!memberOf.TryGetValue(member, out var ids)) memberOf[member] = ids = [];
                ids.Add(id);
            }
        }
        read.All = [.. passwd.Select(line => line.Split(':'))
            .Select(fields => fields.Length > 5 && Id(fields[2]) is { } id && Id(fields[3]) is { } own
                ? new HostAccount(
                    fields[0], id, own, [own, .. memberOf.GetValueOrDefault(fields[0]) ?? []], fields[5])
                : null)
            .OfType<HostAccount>()];
        return read;
    }

    /// <summary>Returns an account's name; its number where it has none here.</summary>
    public string NameOf(uint id) => All.FirstOrDefault(one => one.Id == id)?.Name ?? Number(id);

    /// <summary>Returns a group's name; its number where it has none here.</summary>
    public string GroupOf(uint id) => groups.GetValueOrDefault(id) ?? Number(id);

    static string Number(uint id) => id.ToString(CultureInfo.InvariantCulture);

    static uint? Id(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
