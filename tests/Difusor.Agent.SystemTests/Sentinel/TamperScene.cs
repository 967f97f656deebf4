using System.Text.Json.Nodes;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.Tests.Linux;
using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests.Sentinel;

/// <summary>
/// The real binary with two published cortes, and somebody who alters what lies there. With <c>instant: false</c> the
/// kernel grants it no inotify watch, as where <c>fs.inotify.max_user_watches</c> is used up: what is found is found by
/// the rescan.
/// </summary>
sealed class TamperScene : IDisposable
{
    /// <summary>
    /// A user namespace of its own, with no watch to give; where there is none to be had, each request is refused by
    /// strace, which slows all else.
    /// </summary>
    static readonly string[] Blind = HasNamespaces
        ? ["unshare", "--user", "--map-root-user", "sh", "-c",
            "echo 0 > /proc/sys/user/max_inotify_watches && exec \"$@\"", "sh"]
        : ["strace", "-D", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=inotify_add_watch", "-e",
            "inject=inotify_add_watch:error=ENOSPC"];

    readonly Chronyd first = new(), second = new();
    readonly string outside;
    int scratch;

    /// <param name="files">In each package, the HASH file counted.</param>
    /// <param name="sentinel">Further keys of its sentinel section, each after a comma.</param>
    /// <param name="syslog">The target of its messages; null: a socket at which nobody listens.</param>
    /// <param name="wrapper">A command to run the agent under; null: as it is.</param>
    /// <param name="prepare">Before the agent starts, with its folder.</param>
    internal TamperScene(
        int files = 60, string rescan = "1s", bool instant = true, string yaml = "", string[]? wrapper = null,
        Action<string>? prepare = null, string sentinel = "", string? syslog = null)
    {
        Agent = new RunningAgent(
            Past, [first.Address, second.Address], $"sentinel: {{rescan: {rescan}{sentinel}}}\n{yaml}",
            instant ? wrapper : Blind, syslog: syslog);
        outside = Agent.At("afuera");
        Directory.CreateDirectory(outside);
        prepare?.Invoke(Agent.Folder);
        Agent.Start();
        Older = Publish(0, files);
        Live = Publish(20, files);
        Expected = TreeText(LiveTree);
    }

    internal RunningAgent Agent { get; }
    internal string Older { get; private set; }
    internal string Live { get; private set; }
    internal string Root => Agent.At("estado/public");
    internal string LiveTree => Path.Combine(Root, "releases", Live);

    /// <summary>The live release as it was published: path, mode and bytes.</summary>
    internal SortedDictionary<string, string> Expected { get; private set; }

    /// <summary>Fresh places outside of what is published, on the same file system.</summary>
    internal SitePaths Paths() =>
        new(Root, LiveTree, Path.Combine(Root, "releases", Older),
        Directory.CreateDirectory($"{outside}/{++scratch}").FullName);

    /// <returns>The release's id.</returns>
    internal string Publish(int minutes, int files)
    {
        Package(minutes, files).Deliver(Agent.Drop);
        return RunningAgent.Field(Agent.Await("CORTE_PUBLISHED"), "release")!;
    }

    /// <summary>Half of the pages change from one corte to the next; the others share their inodes.</summary>
    internal TestPackage Package(int minutes, int files)
    {
        var package = new TestPackage(Agent.Opens.AddMinutes(minutes), pages: (files - 5) / 2);
        package.Files["css/site.css"] = "body {}";
        package.Files["datos/a/b.csv"] = minutes.ToString(CultureInfo.InvariantCulture);
        var filler = string.Concat(Enumerable.Repeat("<td>casilla</td>", 60));
        for (var page = 0; package.Files.Count < files - 1; page++)
            package.Files[string.Create(CultureInfo.InvariantCulture, $"fijas/{page:00000}.html")] =
                $"<p>{page} {filler}</p>\n";
        return package;
    }

    /// <summary>What readers get is the live release again, byte for byte, by the link and by the map.</summary>
    internal void AssertServed()
    {
        Assert.Equal($"releases/{Live}", new DirectoryInfo(Path.Combine(Root, "current")).LinkTarget);
        Assert.Equal($"release {Live}\n", File.ReadAllText(Path.Combine(Root, "current.map")));
        Assert.Equal(Expected, TreeText(Agent.Current + "/"));
    }

    /// <summary>Once nothing is open any more; a slow hand may still be at work when the first heal is over.</summary>
    internal void AwaitServed() => Agent.AwaitStatus(status =>
    {
        if ((string?)status["sentinel"]!["state"] != "intact") return false;
        try
        {
            AssertServed();
            return true;
        }
        catch (Exception altered)
            when (altered is Xunit.Sdk.XunitException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    /// <summary>The status says that everything is as sealed.</summary>
    internal void AwaitIntact() => Agent.AwaitStatus(status => (string?)status["sentinel"]!["state"] == "intact");

    internal static bool Tells(JsonNode record, string code) =>
        record["fields"]!["changes"]!.AsArray().Any(change => (string?)change!["code"] == code);

    internal static SortedDictionary<string, string> TreeText(string tree)
    {
        var text = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFileSystemEntries(tree, "*", SearchOption.AllDirectories))
        {
            Assert.Equal(0, Syscall.lstat(path, out var found));
            text[Path.GetRelativePath(tree, path)] = found.st_mode + (File.Exists(path) ? File.ReadAllText(path) : "");
        }
        return text;
    }

    internal static bool HasNamespaces => Bounded.Run("unshare", "--user", "--map-root-user", "true").ExitCode == 0;

    static DateTimeOffset Past =>
        new(DateTimeOffset.UtcNow.AddHours(-1).Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond,
        TimeSpan.Zero);

    public void Dispose()
    {
        Agent.Dispose();
        first.Dispose();
        second.Dispose();
    }
}
