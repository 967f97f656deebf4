using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Conformity;

/// <summary>Everything that <c>check</c> has seen of a host, collected once. The rules use only this.</summary>
public sealed record HostFacts
{
    public required DateTimeOffset Now { get; init; }
    public required OsRelease System { get; init; }
    public required HardwareFacts Hardware { get; init; }
    public required Fact<WebServer> Web { get; init; }
    /// <summary>Gets what readers of the site get; an empty fact if Apache has no site of the agent.</summary>
    public required Fact<SiteViews> Readers { get; init; }
    /// <summary>Gets the certificate of the site's vhost.</summary>
    public required Fact<SiteCertificate> Certificate { get; init; }
    public required Fact<SshServer> Ssh { get; init; }
    /// <summary>Gets the effective settings (sshd -T -C) for the institute's account.</summary>
    public required Fact<SshdSettings> SshForAccount { get; init; }
    /// <summary>Gets the TCP ports on which a program listens at an address that other hosts can reach.</summary>
    public required Fact<ImmutableHashSet<int>> Listening { get; init; }
    public required Fact<Firewall> Firewall { get; init; }
    /// <summary>
    /// Gets the folders by path: the drop, the acuses, the state's folders, the chroot. A fact is null if the folder
    /// does not exist.
    /// </summary>
    public required IReadOnlyDictionary<string, Fact<FolderFacts>> Folders { get; init; }
    /// <summary>Gets why nobody can deliver into the drop; null if somebody can, or it cannot be seen.</summary>
    public DropClosed? Closed { get; init; }

    /// <summary>Gets what opens the drop to the institute and to the agent; null where nothing is missing.</summary>
    public string? Opening { get; init; }
    /// <summary>Gets the account by which the institute comes; null if none is known.</summary>
    public string? Institute { get; init; }
    /// <summary>Gets what the agent's own account may do in the drop.</summary>
    public required Fact<AgentAccess> DropAccess { get; init; }
    /// <summary>Gets what it may do in the folder of the acuses; an empty fact if there is none.</summary>
    public required Fact<AgentAccess> ReceiptsAccess { get; init; }
    public required TimeFacts Time { get; init; }
    public required SyslogFacts Syslog { get; init; }
    public required StorageFacts Storage { get; init; }
    public required Fact<SecurityContexts> SELinux { get; init; }
    public required AgentFacts Agent { get; init; }
    /// <summary>
    /// Gets what keeps <c>notify.command</c> from being run, in English as details.json has it; null if nothing does
    /// that can be seen.
    /// </summary>
    public string? NotifyProblem { get; init; }
    /// <summary>Gets the addresses of this host's interfaces, without loopback.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>Returns what is known about a folder; an empty fact if nobody looked.</summary>
    public Fact<FolderFacts> Folder(string path) => Folders.GetValueOrDefault(path);
}

/// <param name="Memory">Bytes.</param>
/// <param name="Disk">Bytes of the file system that holds the state.</param>
public sealed record HardwareFacts(string Processor, int Processors, long Memory, long Disk);

/// <summary>The Apache server.</summary>
/// <param name="Version"><c>2.4.58</c>.</param>
/// <param name="Running">Whether one of its processes runs.</param>
/// <param name="Configuration">The configuration in force after reading (-D DUMP_CONFIG), whatever the files look
/// like.</param>
/// <param name="Problem">What <c>configtest</c> says is wrong; null if nothing is, or it could not be tested.</param>
public sealed record WebServer(string Version, bool Running, Fact<ApacheConfiguration> Configuration, string? Problem);

/// <param name="Names">The DNS names of the certificate, or its common name if it has none.</param>
/// <param name="SelfSigned">Whether issuer and subject are the same.</param>
public sealed record SiteCertificate(
    IReadOnlyList<string> Names, DateTimeOffset From, DateTimeOffset Until, bool SelfSigned, string File);

/// <param name="Version"><c>OpenSSH_9.6p1</c>.</param>
/// <param name="Ports">
/// Where it answers: the ports of the socket by which systemd starts it, else those of its settings.
/// </param>
public sealed record SshServer(string Version, IReadOnlyList<int> Ports)
{
    /// <summary>Gets the fingerprints of its keys (<see cref="SshHostKey"/>); none if they could not be read.</summary>
    public ImmutableArray<string> HostKeys { get; init; } = [];
}

/// <param name="Mode">The low 12 bits of the mode.</param>
/// <param name="Owner">The name of the account, or its number if it has no name.</param>
public sealed record FolderFacts(string Path, uint Mode, string Owner, string Group, uint OwnerId, bool IsFolder)
{
    public bool OthersWrite => (Mode & 0b000_000_010) != 0;
    public bool GroupWrites => (Mode & 0b000_010_000) != 0;
    public bool OthersEnter => (Mode & 0b000_000_001) != 0;
    public bool GroupEnters => (Mode & 0b000_101_000) == 0b000_101_000;
    /// <summary>Gets the setgid bit: new entries get the group of the folder.</summary>
    public bool HandsGroupOn => (Mode & 0b010_000_000_000) != 0;
}

/// <summary>What the agent's own account met in a folder.</summary>
/// <param name="Refused">The first entry that it may not read, write or enter as it must; null if there is
/// none.</param>
/// <param name="Entry">Whose that entry is, and its mode; null where even that cannot be seen.</param>
/// <param name="Lacks">What the account may not do there: <c>r</c>, <c>w</c>, <c>x</c>, or several of them.</param>
public sealed record AgentAccess(
    string Account, string Group, string? Refused, RefusedEntry? Entry = null, string Lacks = "");

/// <param name="Mode">In octal.</param>
public sealed record RefusedEntry(string Mode, string Owner, string Group);

/// <summary>What keeps the host's clock right, and what the agent's own servers answer.</summary>
/// <param name="Client"><c>chrony</c>, <c>ntpd</c>, <c>timesyncd</c>, <c>openntpd</c>; null if none runs.</param>
/// <param name="Sources">The sources, as the client names them.</param>
/// <param name="Answers">The answer of each address of clock.servers; null if they were not asked.</param>
/// <param name="Agreed">Whether a majority and the quorum agree on a time.</param>
/// <param name="ZoneData">The version of tzdata (<c>2024a</c>), or <c>?</c>; null if the election's zone is
/// missing.</param>
/// <param name="HostSays">The first instant of the profile that tzdata has at another offset, at that offset; null if
/// there is none. Then tzdata is old: the program's own data agree with the profile.</param>
public sealed record TimeFacts(
    string? Client, bool Synchronized, TimeSpan? MaxError, Fact<ImmutableList<string>> Sources, NtpPoll? Answers,
    bool Agreed, string? ZoneData, DateTimeOffset? HostSays = null);

/// <summary>Where the agent's events arrive on this host, and from there.</summary>
/// <param name="Daemon"><c>rsyslogd</c>, <c>syslog-ng</c>, <c>systemd-journal</c>; null if none runs.</param>
/// <param name="Deaf">The first of the agent's targets at which no program listens; null if there is none, or it cannot
/// be seen (UDP, another host).</param>
/// <param name="File">The file that has the agent's last event; an empty fact if no file has it.</param>
/// <param name="Journald">Whether journald has the last event; null if there is no journald, or it cannot be
/// seen.</param>
/// <param name="Forwards">The hosts to which messages are forwarded, from the daemon's configuration.</param>
public sealed record SyslogFacts(
    string? Daemon, string? Deaf, Fact<string> File, bool? Journald, Fact<ImmutableList<string>> Forwards)
{
    /// <summary>Gets what systemd knows of rsyslog.</summary>
    public UnitState Rsyslog { get; init; }
}

/// <summary>What systemd knows of a service: a masked one cannot be started, a missing one is not installed.</summary>
public enum UnitState { Unseen, Missing, Masked, There }

/// <param name="Disks">What each file system has left that the agent works on, without those that cannot be
/// seen.</param>
/// <param name="LargestRelease">Bytes of the largest stored release; 0 if there is none.</param>
/// <param name="Kinds">The type of the file system by path: <c>ext4</c>, <c>nfs4</c>.</param>
/// <param name="MountedInside">Mount points inside the state folder.</param>
public sealed record StorageFacts(
    IReadOnlyList<DiskRoom> Disks, long LargestRelease, IReadOnlyDictionary<string, string> Kinds,
    IReadOnlyList<string> MountedInside);

/// <param name="Running">Whether status.json is fresh and its process lives.</param>
/// <param name="Enabled">Whether its unit starts at boot; null if that cannot be seen (no systemd).</param>
/// <param name="Account">The account of the process or, if there is none, the owner of the state.</param>
/// <param name="Status">What it reports about itself; it may be old if the agent does not run.</param>
/// <param name="ModesAreKept">Whether the service runs that lets it read what the institute delivers; null if the host
/// has no such service.</param>
public sealed record AgentFacts(
    bool Running, bool? Enabled, string Version, string? Account, Fact<AgentStatus> Status = default,
    bool? ModesAreKept = null);
