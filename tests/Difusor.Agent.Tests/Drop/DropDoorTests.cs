using Difusor.Agent.Drop;
using Difusor.Agent.Events;

namespace Difusor.Agent.Tests.Drop;

/// <summary>Whether anybody can deliver into the drop, by owners, modes, access lists and accounts.</summary>
public sealed class DropDoorTests
{
    const string Path = "/srv/difusor/entrega";
    const uint Agent = 990, Institute = 991, Fetcher = 992;

    static readonly HostAccounts Accounts = HostAccounts.Read(
        ["root:x:0:0:root:/root:/bin/bash", "www-data:x:33:33::/var/www:/usr/sbin/nologin", "", "broken:x:y:z::/:",
            "difusor-agent:x:990:990::/var/lib/difusor-agent:", "difusor-entrega:x:991:991::/srv/difusor:",
            "difusor-agent-fetch:x:992:992::/:", "prep:x:1000:1000::/home/prep:"],
        ["root:x:0:", "www-data:x:33:", "difusor-agent:x:990:", "difusor-entrega:x:991:", "web:x:50:www-data,prep"]);

    static readonly DropDoor Set = new(
        [Folder(Path, "2770", Institute, Agent), Folder("/srv/difusor", "755"), Folder("/srv", "755"),
            Folder("/", "755")],
        null, Accounts, Agent, "difusor-entrega", Fetches: false);

    static DoorFolder Folder(string path, string mode, uint owner = 0, uint group = 0, params AclEntry[] acl) =>
        new(path, Convert.ToUInt32(mode, 8), owner, group, [.. acl]);

    /// <summary>The access list that systemd-tmpfiles makes.</summary>
    static AclEntry[] Acl(uint mask) =>
        [new(AclTag.Owner, 7, uint.MaxValue), new(AclTag.User, 3, Fetcher), new(AclTag.OwnGroup, 7, uint.MaxValue),
            new(AclTag.Mask, mask, uint.MaxValue), new(AclTag.Others, 0, uint.MaxValue)];

    static DropDoor With(string mode, uint owner, uint group, params AclEntry[] acl) =>
        Set with { Folders = [Folder(Path, mode, owner, group, acl), .. Set.Folders[1..]] };

    [Fact]
    public void ADropAsSetupMakesItIsOpen()
    {
        Assert.Null(Set.Closed());
        Assert.Null(With("2770", Institute, Agent, Acl(7)).Closed());
    }

    [Fact]
    public void ADropOfRootsIsClosedAndTheCommandGivesItBack() => Assert.Equal(
        new DropClosed(
            Path, ClosedCause.NoWriting, Path, "root", "root", "0755",
            $"chown difusor-entrega:difusor-agent {Path} && chmod 2770 {Path}"),
        With("755", 0, 0).Closed());

    [Fact]
    public void TheInstitutesAccountIsKnownThoughTheDropIsRoots()
    {
        Assert.Equal("difusor-entrega", With("755", 0, 0).Sender);
        Assert.Equal("prep", (With("770", 1000, 50) with { Institute = null }).Sender);
        Assert.Null((With("755", 0, 0) with { Institute = null }).Sender);
    }

    [Theory]
    [InlineData("2570", 991u, 990u), InlineData("2770", 0u, 990u), InlineData("2770", 990u, 990u)]
    [InlineData("1755", 0u, 991u), InlineData("600", 991u, 0u)]
    public void ADropIntoWhichTheInstituteCannotWriteIsClosed(string mode, uint owner, uint group) =>
        Assert.Equal(ClosedCause.NoWriting, With(mode, owner, group).Closed()?.Cause);

    [Theory]
    [InlineData("700", 1000u, 0u), InlineData("770", 0u, 50u), InlineData("777", 0u, 0u)]
    [InlineData("770", 0u, 4711u), InlineData("700", 4711u, 0u)]
    public void ADropIntoWhichSomeOtherAccountOrGroupMayWriteIsOpen(string mode, uint owner, uint group) =>
        Assert.Null(With(mode, owner, group).Closed());

    [Fact]
    public void AnOperatorInTheAgentsGroupIsNotTheInstitute()
    {
        var accounts = HostAccounts.Read(
            ["difusor-agent:x:990:990::/:", "difusor-entrega:x:991:991::/srv/difusor:", "ana:x:1001:1001::/home/ana:"],
            ["difusor-agent:x:990:ana"]);
        var door = With("2570", Institute, Agent) with { Accounts = accounts };
        Assert.Equal(ClosedCause.NoWriting, door.Closed()?.Cause);
        Assert.Null((door with { Institute = null }).Closed());
    }

    [Fact]
    public void TheAccountThatFetchesCountsOnlyWherePackagesAreFetched()
    {
        var door = With("2770", 0, 0, Acl(7));
        Assert.Equal(ClosedCause.NoWriting, door.Closed()?.Cause);
        Assert.Null((door with { Fetches = true }).Closed());
        // chmod narrows the mask, and with it the account's entry.
        Assert.Equal(ClosedCause.NoWriting, (With("755", 0, 0, Acl(5)) with { Fetches = true }).Closed()?.Cause);
    }

    [Fact]
    public void OneAccountThatDeliversAndReceivesIsNoTroubleWhereSetupHasMadeNoOther()
    {
        Assert.Null((With("755", Agent, Agent) with { Institute = null }).Closed());
        Assert.Null((Set with { Folders = [Folder("/tmp/entrega", "755", Agent, Agent)] }).Closed());
    }

    [Theory]
    [InlineData(1, "/srv/difusor"), InlineData(2, null)]
    public void AFolderAboveThatLetsNobodyPassClosesItFromTheChrootOn(int at, string? told)
    {
        var door = Set with { Folders = Set.Folders.SetItem(at, Set.Folders[at] with { Mode = 0b111_000_000 }) };
        var closed = door.Closed();
        Assert.Equal((told, told is null ? null : $"chmod a+x {told}"), (closed?.Path, closed?.Command));
        if (told is not null) Assert.Equal((ClosedCause.NoEntry, "0700"), (closed!.Cause, closed.Mode));
    }

    [Fact]
    public void AReadOnlyFileSystemAndAnImmutableFolderCloseIt()
    {
        Assert.Equal(
            (ClosedCause.ReadOnly, "mount -o remount,rw /srv"),
            ((Set with { ReadOnly = "/srv" }).Closed()?.Cause, (Set with { ReadOnly = "/srv" }).Closed()?.Command));
        var frozen = Set with { Folders = Set.Folders.SetItem(0, Set.Folders[0] with { IsImmutable = true }) };
        Assert.Equal($"chattr -i {Path}", frozen.Closed()?.Command);
    }

    [Theory]
    [InlineData("", 0), InlineData("02000000", 0), InlineData("0200000001000700ffffffff02000300e0030000", 2)]
    [InlineData("0300000001000700ffffffff", 0), InlineData("0200000001000700ff", 0)]
    public void AnAccessListIsReadOrThereIsNone(string bytes, int entries)
    {
        var read = PosixAcl.Read(Convert.FromHexString(bytes));
        Assert.Equal(entries, read.Length);
        if (entries > 0) Assert.Equal(new AclEntry(AclTag.User, 3, Fetcher), read[1]);
    }
}
