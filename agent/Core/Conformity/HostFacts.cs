using System.Collections.Immutable;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Conformity;

/// <summary>
/// All that <c>check</c> has seen of a host, gathered once; the rules take it and look at nothing else.
/// </summary>
public sealed record HostFacts
{
    public required DateTimeOffset Now { get; init; }
    public required OsRelease System { get; init; }
    public required HardwareFacts Hardware { get; init; }
    public required Fact<WebServer> Web { get; init; }
    /// <summary>The certificate of the site's vhost.</summary>
    public required Fact<SiteCertificate> Certificate { get; init; }
    public required Fact<SshServer> Ssh { get; init; }
    /// <summary>Effective settings (sshd -T -C) for the institute's account.</summary>
    public required Fact<SshdSettings> SshForAccount { get; init; }
    /// <summary>TCP ports that somebody listens on, at an address that others reach.</summary>
    public required Fact<ImmutableHashSet<int>> Listening { get; init; }
    public required Fact<Firewall> Firewall { get; init; }
    /// <summary>By path: the drop, the acuses, the state's folders, the chroot; null where there is none.</summary>
    public required IReadOnlyDictionary<string, Fact<FolderFacts>> Folders { get; init; }
    public required TimeFacts Time { get; init; }
    public required SyslogFacts Syslog { get; init; }
    public required StorageFacts Storage { get; init; }
    public required Fact<SecurityContexts> SELinux { get; init; }
    public required AgentFacts Agent { get; init; }
    /// <summary>Addresses of this host's interfaces that are not loopback.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>What is known of a folder; nothing where nobody looked.</summary>
    public Fact<FolderFacts> Folder(string path) => Folders.GetValueOrDefault(path);
}

/// <param name="Memory">Bytes.</param>
/// <param name="Disk">Bytes of the file system that holds the state.</param>
public sealed record HardwareFacts(string Processor, int Processors, long Memory, long Disk);

/// <summary>Apache.</summary>
/// <param name="Version"><c>2.4.58</c>.</param>
/// <param name="Running">A process of it runs.</param>
/// <param name="Configuration">As it is in force once read (-D DUMP_CONFIG), whatever the files look like.</param>
/// <param name="Problem">What <c>configtest</c> says is wrong; null where nothing, or nobody could test.</param>
public sealed record WebServer(string Version, bool Running, Fact<ApacheConfiguration> Configuration, string? Problem);

/// <param name="Names">DNS names (and the common name where there are none), as the certificate has them.</param>
/// <param name="SelfSigned">Issuer and subject are one.</param>
public sealed record SiteCertificate(
    IReadOnlyList<string> Names, DateTimeOffset From, DateTimeOffset Until, bool SelfSigned, string File);

/// <param name="Version"><c>OpenSSH_9.6p1</c>.</param>
/// <param name="Ports">Those that it is configured for.</param>
public sealed record SshServer(string Version, IReadOnlyList<int> Ports);

/// <param name="Mode">The low 12 bits.</param>
/// <param name="Owner">The account's name, or its number where it has none.</param>
public sealed record FolderFacts(string Path, uint Mode, string Owner, string Group, uint OwnerId, bool IsFolder)
{
    public bool OthersWrite => (Mode & 0b000_000_010) != 0;
    public bool GroupWrites => (Mode & 0b000_010_000) != 0;
    public bool OthersEnter => (Mode & 0b000_000_001) != 0;
    public bool GroupEnters => (Mode & 0b000_101_000) == 0b000_101_000;
    /// <summary>setgid: what is made in it has its group.</summary>
    public bool HandsGroupOn => (Mode & 0b010_000_000_000) != 0;
}

/// <summary>What holds the host's clock right, and what the agent's own servers say.</summary>
/// <param name="Client"><c>chrony</c>, <c>ntpd</c>, <c>timesyncd</c>, <c>openntpd</c>; null where none runs.</param>
/// <param name="Sources">As the client names them.</param>
/// <param name="Answers">What each address of clock.servers says; null where it was not asked.</param>
/// <param name="Agreed">A majority and the quorum share a time.</param>
/// <param name="ZoneData">The version of tzdata (<c>2024a</c>), or <c>?</c>; null where the election's zone is not
/// there.</param>
public sealed record TimeFacts(
    string? Client, bool Synchronized, TimeSpan? MaxError, Fact<ImmutableList<string>> Sources, NtpPoll? Answers,
    bool Agreed, string? ZoneData);

/// <param name="Daemon"><c>rsyslogd</c>, <c>syslog-ng</c>, <c>systemd-journal</c>; null where none runs.</param>
/// <param name="TargetIsThere">Somebody listens at the agent's target; null where that cannot be seen (UDP, another
/// host).</param>
/// <param name="File">A file that has a message of the agent's.</param>
/// <param name="Forwards">Where messages are sent on to another host: from the daemon's configuration.</param>
public sealed record SyslogFacts(
    string? Daemon, bool? TargetIsThere, Fact<string> File, Fact<ImmutableList<string>> Forwards);

/// <param name="Free">Bytes that the agent may still use; null where that cannot be seen.</param>
/// <param name="LargestRelease">Bytes of the largest release that is stored; 0 where there is none.</param>
/// <param name="Kinds">The file system's type by path: <c>ext4</c>, <c>nfs4</c>.</param>
/// <param name="MountedInside">Mount points inside of the state folder.</param>
public sealed record StorageFacts(
    long? Free, long LargestRelease, IReadOnlyDictionary<string, string> Kinds, IReadOnlyList<string> MountedInside);

/// <param name="Enforcing">It refuses; else it only logs.</param>
/// <param name="Types">The type of each context, by path: <c>httpd_sys_content_t</c>.</param>
public sealed record SecurityContexts(bool Enforcing, IReadOnlyDictionary<string, string> Types);

/// <param name="Running">status.json is fresh and its process lives.</param>
/// <param name="Enabled">Its unit starts at boot; null where that cannot be seen (no systemd).</param>
/// <param name="Account">Whose process it is, or else who owns the state.</param>
public sealed record AgentFacts(bool Running, bool? Enabled, string Version, string? Account);
