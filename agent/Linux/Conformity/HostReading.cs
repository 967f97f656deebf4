using System.Diagnostics;
using System.Text.RegularExpressions;
using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using SetupInstance = Difusor.Agent.Setup.SetupInstance;

namespace Difusor.Agent.Linux.Conformity;

/// <summary>
/// Gathers <see cref="HostFacts"/>: reads files and asks programs. Changes nothing, needs no root, and says what it
/// could not see without root.
/// </summary>
sealed partial class HostReading
{
    /// <summary>
    /// The agent writes status.json at least every 5 s, so an older one than this means that it does not run.
    /// </summary>
    static readonly TimeSpan Stale = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    readonly HostTree tree;
    readonly BoundedProgram programs;
    readonly Configured configured;
    readonly AskSite ask;
    readonly bool isRoot = Syscall.geteuid() == 0;

    /// <param name="root">Where the host's files are: <c>/</c>, or a prepared tree.</param>
    /// <param name="programs">Where the host's programs are.</param>
    /// <param name="ask">How the site is asked; null: over the network.</param>
    public HostReading(string root, BoundedProgram programs, Configured configured, AskSite? ask = null) =>
        (tree, this.programs, this.configured, this.ask) =
            (new HostTree(root), programs, configured, ask ?? SiteReading.OverTheNetwork);

    /// <summary>Gets how long the last event may be on its way to syslog.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(8);

    /// <param name="askServers">Whether to ask clock.servers too, over the network.</param>
    public HostFacts Read(DateTimeOffset now, bool askServers)
    {
        var paths = configured.Settings.Paths;
        var processes = tree.Processes();
        WebReading web = new(tree, programs, isRoot);
        SshReading ssh = new(tree, programs, isRoot);
        NetworkReading network = new(tree, programs, isRoot);
        var apache = web.Read(processes);
        var server = ssh.Read();
        var door = new DoorReading(tree.Root).Read(
            paths.Drop, tree.Folder(paths.State).Seen?.OwnerId ?? 0, SetupInstance.Of(configured.File)?.Account);
        var account = ssh.For(door?.Sender);
        var time = new TimeReading(tree, programs).Read(processes, configured, askServers);
        var agent = Settled(paths, now) with { ModesAreKept = ModesAreKept() };
        var system =
            OsRelease.Read(tree.Text("/etc/os-release").Seen ?? tree.Text("/usr/lib/os-release").Seen ?? "");
        var access = new AccessReading(programs, tree.Folder(paths.State));
        return new HostFacts
        {
            Now = now,
            System = system,
            Hardware = Hardware(paths.State),
            Web = apache,
            Readers = Readers(apache, paths.State),
            Certificate = web.Certificate(apache, $"{paths.State}/public"),
            Ssh = server,
            SshForAccount = account,
            Listening = network.Listening(),
            Firewall = network.Firewall(processes, server.Seen?.Ports is [var port, ..] ? port : 22),
            Folders = Folders(paths, account.Seen?.Chroot),
            DropAccess = access.Drop(paths.Drop),
            Closed = door?.Closed(),
            Opening = door?.Opening,
            Institute = door?.Sender,
            ReceiptsAccess = paths.Receipts is { } receipts ? access.Folder(receipts) : null,
            Time = time,
            Syslog = new SyslogReading(tree, programs, isRoot).Read(
                processes, configured.Settings.Syslog.All, agent.Status.Seen?.Journal),
            Storage = Storage(paths),
            SELinux = new LabelReading(tree, configured, system.Family == PackageFamily.Debian).Read(
                agent is { Running: true, Status.Seen.Pid: var pid } ? pid : null),
            Agent = agent,
            NotifyProblem = configured.Settings.Notify.Command is { } notice
                ? new CommandLook(tree.Root).Problem("notify", notice) : null,
            Addresses = NetworkReading.Addresses(),
        };
    }

    Fact<SiteViews> Readers(Fact<WebServer> apache, string state) =>
        apache.Seen?.Configuration.Seen is { } configuration && ApacheSite.Of(configuration, $"{state}/public")
            is { Served: not Served.No, Name.Length: > 0 } site
            ? new SiteReading(tree, state, ask).Read(site.Name, site.Port) : null;

    Dictionary<string, Fact<FolderFacts>> Folders(PathSettings paths, string? chroot)
    {
        var folders = new StoreFolders(paths.State);
        return new[] { paths.Drop, paths.Receipts, chroot, paths.State, folders.Public }.Concat(folders.Private)
            .OfType<string>().Distinct()
            .ToDictionary(path => path, tree.Folder);
    }

    HardwareFacts Hardware(string state)
    {
        var processors = (tree.Text("/proc/cpuinfo").Seen ?? "").Split('\n')
            .Where(line => line.StartsWith("model name", StringComparison.Ordinal)).ToList();
        var memory = (tree.Text("/proc/meminfo").Seen ?? "").Split('\n')
            .FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal))?
            .Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, ..]
                && long.TryParse(kilobytes, CultureInfo.InvariantCulture, out var kb) ? kb * 1024 : 0;
        return new HardwareFacts(
            processors.FirstOrDefault()?.Split(':')[^1].Trim() ?? "?", processors.Count, memory,
            Syscall.statvfs(tree.At(state), out var disk) == 0 ? (long)(disk.f_blocks * disk.f_frsize) : 0);
    }

    StorageFacts Storage(PathSettings paths)
    {
        var mounts = (tree.Text("/proc/self/mountinfo").Seen ?? "").Split('\n').Select(Mount.Read).OfType<Mount>()
            .ToList();
        var kinds = new[] { paths.State, paths.Drop }.Distinct()
            .ToDictionary(path => path, path => Mount.Of(mounts, path)?.Kind ?? "?");
        return new StorageFacts(DiskLook.At(configured.Settings, tree.Root), LargestRelease(paths.State), kinds,
            [.. mounts.Select(mount => mount.Point)
                .Where(point => point.StartsWith(paths.State.TrimEnd('/') + "/", StringComparison.Ordinal))]);
    }

    long LargestRelease(string state)
    {
        long largest = 0;
        foreach (var file in tree.Files(new StoreFolders(state).Sealed, "*.json"))
            if (RecordedBytes().Match(tree.Head(file)) is { Success: true } found
                && long.TryParse(
                    found.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture,
                    out var bytes)) largest = Math.Max(largest, bytes);
        return largest;
    }

    [GeneratedRegex("\"bytes\":([0-9]{1,18})")]
    private static partial Regex RecordedBytes();

    /// <summary>
    /// Waits a moment for syslog to confirm the last event, which takes it seconds; the agent writes its status at
    /// least every five.
    /// </summary>
    AgentFacts Settled(PathSettings paths, DateTimeOffset now)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var agent = Agent(paths, now);
            var isBehind = agent is { Running: true, Status.Seen: { } status }
                && status.Syslog.Any(target => target.IsCatchingUp(now, Patience));
            if (!isBehind || Stopwatch.GetElapsedTime(began) >= Patience) return agent;
            Thread.Sleep(Glance);
        }
    }

    AgentFacts Agent(PathSettings paths, DateTimeOffset now)
    {
        var path = Path.Combine(paths.Run, "status.json");
        var file = tree.Text(path);
        // Without permission to read it, its modification time still shows whether the agent writes it.
        if (file.Hidden is not null)
        {
            var isWritten = now - File.GetLastWriteTimeUtc(tree.At(path)) < Stale;
            return new AgentFacts(
                isWritten, IsEnabled(), "?", tree.Folder(paths.State).Seen?.Owner,
                new Fact<AgentStatus>(null, file.Hidden));
        }
        var status = file.Seen is { } text ? AgentStatus.Read(Encoding.UTF8.GetBytes(text)) : null;
        var running = status is not null && now - status.WrittenAt < Stale
            && tree.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{status.Pid}"));
        return new AgentFacts(
            running, IsEnabled(), status?.Version ?? "", tree.Folder(paths.State).Seen?.Owner, status);
    }

    bool? ModesAreKept()
    {
        if (!tree.Exists("/run/systemd/system")) return null;
        var shown = programs.Run("systemctl", "show", "-p", "LoadState", "-p", "ActiveState", Unit("-entrega"));
        return shown?.Output.Contains("LoadState=loaded", StringComparison.Ordinal) == true
            ? shown.Output.Contains("ActiveState=active", StringComparison.Ordinal) : null;
    }

    string Unit(string part) =>
        new SetupInstance(Path.GetFileNameWithoutExtension(configured.File)).UnitNamed(part);

    bool? IsEnabled()
    {
        if (!tree.Exists("/run/systemd/system")) return null;
        var answer = programs.Run("systemctl", "is-enabled", Unit(""));
        return answer is null or { Exit: null } ? null
            : answer.Output.Trim() is "enabled" or "enabled-runtime" or "alias" or "linked" or "generated";
    }
}
