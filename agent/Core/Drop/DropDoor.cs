using Difusor.Agent.Events;

namespace Difusor.Agent.Drop;

/// <summary>The drop, or a folder above it.</summary>
/// <param name="Mode">The low 12 bits of the mode.</param>
/// <param name="Acl">Its access list; none: the mode alone decides.</param>
/// <param name="IsImmutable">Whether it has the flag "immutable" (chattr(1)).</param>
public sealed record DoorFolder(
    string Path, uint Mode, uint OwnerId, uint GroupId, ImmutableArray<AclEntry> Acl, bool IsImmutable = false)
{
    /// <summary>The right to enter, that to leave something in it, and that to take it, which needs all.</summary>
    internal const uint Entering = 1, Delivering = 3, All = 7;

    /// <summary>
    /// Gets whether its own group would have all rights once the mode gives them: a list may have an entry of its own
    /// for that group, which chmod does not change.
    /// </summary>
    internal bool GivesItsGroupAll => Acl.All(entry => entry.Tag != AclTag.OwnGroup || Has(entry.Rights, All));

    /// <summary>Returns whether an account has rights, as the kernel decides it (acl(5)).</summary>
    internal bool Allows(HostAccount account, uint rights)
    {
        if (account.Id == OwnerId) return Has(Mode >> 6, rights);
        foreach (var entry in Acl)
            if (entry.Tag == AclTag.User && entry.Id == account.Id) return Has(entry.Rights & Mask, rights);
        var (isMember, allows) = (false, false);
        foreach (var (group, given) in GroupRights)
        {
            if (!account.Groups.Contains(group)) continue;
            (isMember, allows) = (true, allows || Has(given, rights));
        }
        return isMember ? allows : Has(Mode, rights);
    }

    /// <summary>Gets what each group that is named here may do.</summary>
    internal IEnumerable<(uint Group, uint Rights)> GroupRights => Acl.IsEmpty ? [(GroupId, Mode >> 3)]
        : Acl.Where(entry => entry.Tag is AclTag.OwnGroup or AclTag.Group)
            .Select(entry => (entry.Tag == AclTag.Group ? entry.Id : GroupId, entry.Rights & Mask));

    /// <summary>Gets the accounts that are named here.</summary>
    internal IEnumerable<uint> Named =>
        Acl.Where(entry => entry.Tag == AclTag.User).Select(entry => entry.Id).Append(OwnerId);

    uint Mask => Acl.FirstOrDefault(entry => entry.Tag == AclTag.Mask) is { Tag: AclTag.Mask } mask ? mask.Rights : 7;

    internal static bool Has(uint given, uint wanted) => (given & wanted) == wanted;
}

/// <summary>
/// Says whether anybody can deliver into the drop. The agent cannot know by what account the institute comes: so it is
/// open as long as some account other than root and the agent's own may write into it and reach it.
/// </summary>
/// <param name="Folders">The drop, and then the folders above it, the nearest first.</param>
/// <param name="ReadOnly">The mount point of the drop's file system where that is read-only; else null.</param>
/// <param name="Agent">The agent's account.</param>
/// <param name="Institute">The name of the account that setup makes for the institute; null: setup makes none.</param>
/// <param name="Fetches">Whether packages are fetched here, by an account of the agent's own.</param>
public sealed record DropDoor(
    ImmutableArray<DoorFolder> Folders, string? ReadOnly, HostAccounts Accounts, uint Agent, string? Institute,
    bool Fetches)
{
    const string Fetcher = "difusor-agent-fetch";

    DoorFolder Drop => Folders[0];

    /// <summary>
    /// Gets all that must be done so that the institute can deliver and the agent can take it, as one command for root;
    /// null where nothing is missing, or nobody is known who should deliver. Each row that names a command names this
    /// one: half of it leaves somebody locked out.
    /// </summary>
    public string? Opening => Steps() is { Length: > 0 } steps ? string.Join(" && ", steps) : null;

    /// <summary>Returns why it is closed to all who may deliver, and what mends it; null where it is open.</summary>
    public DropClosed? Closed()
    {
        if (Drop.IsImmutable) return Told(ClosedCause.Immutable, Drop);
        if (ReadOnly is not null) return Told(ClosedCause.ReadOnly, Drop);
        var institute = InstituteHere;
        // One account delivers and receives, as in the demo. Where setup has made one for the institute, it must write.
        if (institute is null && Drop.OwnerId == Agent && DoorFolder.Has(Drop.Mode >> 6, DoorFolder.Delivering))
            return null;
        if (IsOpenToAGroupOfStrangers) return null;
        var writers = Writers(institute);
        if (writers.IsEmpty) return Told(ClosedCause.NoWriting, Drop);
        DoorFolder? shut = null;
        foreach (var writer in writers)
        {
            if (OnTheWay(writer).FirstOrDefault(folder => !folder.Allows(writer, DoorFolder.Entering)) is not { } here)
                return null;
            shut ??= here;
        }
        return Told(ClosedCause.NoEntry, shut!);
    }

    /// <summary>
    /// Gets the account by which the institute comes: the one that setup has made for this drop, whoever owns the drop
    /// now; else the drop's owner. Null if that is root.
    /// </summary>
    public string? Sender => InstituteHere?.Name ?? (Drop.OwnerId > 0 ? Accounts.NameOf(Drop.OwnerId) : null);

    HostAccount? InstituteHere =>
        Accounts.All.FirstOrDefault(one => one.Name == Institute && IsBelow(Drop.Path, one.Home));

    /// <summary>Returns those who may write, the institute first.</summary>
    ImmutableArray<HostAccount> Writers(HostAccount? institute) =>
    [
        .. Senders(institute).Where(one => Drop.Allows(one, DoorFolder.Delivering))
            .OrderBy(one => one == institute ? 0 : 1),
    ];

    ImmutableArray<string> Steps()
    {
        var (institute, own, steps) = (InstituteHere, Own, ImmutableArray.CreateBuilder<string>());
        if (ReadOnly is { } point) steps.Add(OpeningCommand.Remount(point));
        if (Drop.IsImmutable) steps.Add(OpeningCommand.Unfreeze(Drop.Path));
        var isShutToAgent = own is not null && !Drop.Allows(own, DoorFolder.All);
        var writer = institute ?? Writers(null).FirstOrDefault()
            ?? Senders(null).FirstOrDefault(one => one.Id == Drop.OwnerId);
        var mayWrite = writer is not null && Drop.Allows(writer, DoorFolder.Delivering);
        if (institute is not null && own is not null)
        {
            if (!mayWrite || isShutToAgent)
                steps.Add(OpeningCommand.Give(Drop.Path, institute.Name, Accounts.GroupOf(own.Group)));
        }
        else
        {
            if (writer is not null && !mayWrite) steps.Add(OpeningCommand.LetWrite(Drop.Path));
            if (isShutToAgent) steps.Add(OpeningCommand.LetGroup(Drop.Path, Accounts.GroupOf(own!.Group)));
        }
        if (isShutToAgent && !Drop.GivesItsGroupAll) steps.Add(OpeningCommand.WidenList(Drop.Path));
        foreach (var (account, way) in new[] { (writer, OnTheWay(writer)), (own, Folders.Skip(1)) })
            foreach (var folder in way.Where(one => account is not null && !one.Allows(account, DoorFolder.Entering)))
                steps.AddRange(OpeningCommand.LetPass(folder, Name(account!)));
        return [.. steps.Distinct()];
    }

    static string Name(HostAccount account) =>
        account.Name.Length > 0 ? account.Name : account.Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Returns all who may deliver, also accounts that only a directory knows (LDAP). Where setup has made an account
    /// for the institute, the others in the agent's group are the host's own operators, and deliver nothing by that.
    /// </summary>
    IEnumerable<HostAccount> Senders(HostAccount? institute) => Accounts.All.Concat(Drop.Named
        .Where(id => Accounts.All.All(one => one.Id != id)).Select(id => new HostAccount("", id, id, [], "")))
        .Where(one => one.Id != 0 && one.Id != Agent && (Fetches || one.Name != Fetcher))
        .Select(one => institute is null || one == institute || Own is not { } own ? one
            : one with { Groups = one.Groups.Remove(own.Group) });

    HostAccount? Own => Accounts.All.FirstOrDefault(one => one.Id == Agent);

    /// <summary>
    /// Gets whether a group may write of which no account is known here: those of a directory may be in it.
    /// </summary>
    bool IsOpenToAGroupOfStrangers => Drop.GroupRights.Any(given => given.Group != 0
        && DoorFolder.Has(given.Rights, DoorFolder.Delivering)
        && Accounts.All.All(one => !one.Groups.Contains(given.Group)));

    /// <summary>
    /// Returns the folders that an account must pass: from its home, where sshd puts it by itself, or else the nearest
    /// one.
    /// </summary>
    IEnumerable<DoorFolder> OnTheWay(HostAccount? account)
    {
        var above = Folders.Skip(1);
        return account is not null && IsBelow(Drop.Path, account.Home)
            ? above.TakeWhile(folder => folder.Path == account.Home || IsBelow(folder.Path, account.Home))
            : above.Take(1);
    }

    DropClosed Told(ClosedCause cause, DoorFolder folder) => new(
        Drop.Path, cause, folder.Path, Accounts.NameOf(folder.OwnerId), Accounts.GroupOf(folder.GroupId),
        Convert.ToString(folder.Mode, 8).PadLeft(4, '0'), Opening);

    static bool IsBelow(string path, string folder) => folder.Length > 0
        && path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}

/// <summary>What the last look at the drop's door has shown.</summary>
/// <param name="Closed">Null: it is open.</param>
/// <param name="Stopped">That nobody opens what comes shut; null: it is opened, or needs not be.</param>
public sealed record DoorLook(DropClosed? Closed, DropServiceStopped? Stopped = null);
