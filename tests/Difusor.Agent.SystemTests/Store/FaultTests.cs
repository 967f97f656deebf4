using System.Diagnostics;
using System.Text.Json.Nodes;
using Difusor.Agent.SystemTests.Harness;
using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests.Store;

/// <summary>
/// The fault table: while a second corte comes, something breaks. Each time an event says so, the first corte stays
/// served, and when the fault is gone the second goes live without a restart. Prints one line a fault. Those that the
/// next full look mends take ten seconds each: a third of them runs each day, and all under `make test-crash`
/// (DIFUSOR_CRASH=all).
/// </summary>
public sealed class FaultTests(OpenedNight night, ITestOutputHelper output) : IClassFixture<OpenedNight>
{
    static readonly string[] Slow =
    [
        "disk full", "EIO while files are written", "EDQUOT while files are made", "ENOSPC in mid-publication",
        "read-only file system", "no permission on staging/", "no permission on vault/", "drop deleted and made again",
        "clock set back by 2 hours",
    ];

    static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    [Fact]
    public void AFullDisk()
    {
        SkipUnlessItsTurn("disk full");
        using var agent = night.Agent();
        using var disk = new SmallDisk("12m", agent.At("estado"));
        night.Restore(agent);
        Survives("disk full", agent, ["STORAGE_LOW", "STORAGE_FAILED"], disk.Fill, disk.Empty);
    }

    /// <summary>Nothing is delivered: a look at the disks tells it, of each disk.</summary>
    [Theory]
    [InlineData("estado")]
    [InlineData("acuses")]
    [InlineData("entrega")]
    public void AFullDiskThatNoDeliveryMeets(string folder)
    {
        using var agent = night.Agent();
        using var disk = new SmallDisk("24m", agent.At(folder));
        night.Restore(agent);
        agent.StartWhole();
        disk.Fill();
        static JsonNode? Told(JsonNode status) =>
            status["troubles"]!.AsArray().SingleOrDefault(one => (string?)one!["trouble"] == "storage");
        var told = Told(agent.AwaitStatus(status => Told(status) is not null))!;
        Assert.Equal(("STORAGE_LOW", agent.At(folder)), ((string?)told["event"], (string?)told["fields"]!["path"]));
        var rows = JsonNode.Parse(agent.Command("check", "--json").Output)!["rows"]!.AsArray();
        Assert.Equal("fail", (string?)rows.Single(row => (string?)row!["id"] == "disk-space")!["state"]);
        disk.Empty();
        agent.AwaitStatus(status => Told(status) is null);
        var codes = agent.Journal().Select(RunningAgent.Event);
        Assert.Equal(
            ["STORAGE_LOW", "STORAGE_RECOVERED"],
            codes.Where(code => code.StartsWith("STORAGE", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("EIO on syncfs", "EIO", "syncfs")]
    [InlineData("EIO on fsync", "EIO", "fsync")]
    [InlineData("EIO while files are written", "EIO", "utimensat,copy_file_range")]
    [InlineData("EIO on rename", "EIO", "rename,renameat,renameat2")]
    [InlineData("EDQUOT while files are made", "EDQUOT", "fchmod")]
    [InlineData("ENOSPC in mid-publication", "ENOSPC", "mkdir,mkdirat,linkat,symlink")]
    [InlineData("EIO on the journal's flush", "EIO", "fdatasync")]
    public void ASystemCallThatFails(string fault, string error, string calls)
    {
        SkipUnlessItsTurn(fault);
        using var agent = night.Agent();
        InjectedFault? injected = null;
        Survives(
            fault, agent, ["STORAGE_FAILED"], () => injected = new(agent.Process!.Id, error, calls.Split(',')), () =>
            injected!.Dispose());
    }

    [Fact]
    public void AFileSystemThatTurnsReadOnly()
    {
        SkipUnlessItsTurn("read-only file system");
        // A remount is refused while a file is open for writing; what the kernel says after an ext4 error is this.
        using var agent = night.Agent();
        InjectedFault? injected = null;
        Survives("read-only file system", agent, ["STORAGE_FAILED"],
            () => injected = new(
                agent.Process!.Id, "EROFS", "mkdir", "mkdirat", "linkat", "symlink", "rename", "renameat", "unlink",
                "unlinkat", "fchmod", "utimensat"),
            () => injected!.Dispose());
    }

    [Theory]
    [InlineData("staging")]
    [InlineData("vault")]
    [InlineData("sealed")]
    [InlineData("public")]
    public void APermissionThatIsTakenAway(string folder)
    {
        Assert.SkipUnless(Environment.UserName == "root", "gives folders to another account, which needs root");
        SkipUnlessItsTurn($"no permission on {folder}/");
        using var agent = night.Agent(AsNobody);
        OpenedNight.Run("chown", "-R", "65534:65534", agent.Folder);
        var path = agent.At("estado/" + folder);
        Survives($"no permission on {folder}/", agent, ["STORAGE_FAILED"],
            () => OpenedNight.Run("sh", "-c", $"chown -R root:root '{path}' && chmod 755 '{path}'"),
            () => OpenedNight.Run(
                "sh", "-c", $"chown -R 65534:65534 '{path}' && chmod {(folder == "public" ? "755" : "700")} '{path}'"));
    }

    [Fact]
    public void ADropThatIsDeletedAndMadeAgain()
    {
        SkipUnlessItsTurn("drop deleted and made again");
        using var agent = night.Agent();
        Survives("drop deleted and made again", agent, ["STORAGE_FAILED"],
            () => Directory.Delete(agent.Drop, recursive: true), () => Directory.CreateDirectory(agent.Drop),
            deliverAfterwards: true);
        var told = agent.Journal().Last(record => RunningAgent.Event(record) == "STORAGE_FAILED");
        Assert.Equal(agent.Drop, RunningAgent.Field(told, "drop"));
    }

    [Fact]
    public void AFolderOfTheAcusesThatIsDeletedAndMadeAgain()
    {
        using var agent = night.Agent();
        var acuses = agent.At("acuses");
        Survives("acuses deleted and made again", agent, ["STORAGE_FAILED"],
            () => Directory.Delete(acuses, recursive: true), () => Directory.CreateDirectory(acuses),
            between: () => { }, deliverAfterwards: true);
        var told = agent.Journal().Single(record => RunningAgent.Event(record) == "STORAGE_FAILED");
        Assert.Equal(acuses, RunningAgent.Field(told, "receipts"));
        agent.AwaitStatus(
            status => status["troubles"]!.AsArray().All(one => (string?)one!["trouble"] != "storage"));
        Assert.Contains(agent.Journal(), record => RunningAgent.Event(record) == "STORAGE_RECOVERED");
    }

    [Fact]
    public void AnInotifyQueueThatOverflows()
    {
        using var agent = night.Agent();
        var most = int.Parse(File.ReadAllText("/proc/sys/fs/inotify/max_queued_events"), CultureInfo.InvariantCulture);
        Assert.SkipUnless(most <= 1 << 17, "the queue is too long to fill");
        agent.StartWhole();
        agent.Signal(Signum.SIGSTOP);
        // two events each at the least
        for (var file = 0; file <= most; file++) File.Create($"{agent.Drop}/.{file}").Dispose();
        var second = night.Package(40, " 20:40").Deliver(agent.Drop);
        agent.Signal(Signum.SIGCONT);
        agent.Await("CORTE_PUBLISHED");
        Assert.Equal("second", night.Served(agent, second));
        output.WriteLine($"{"inotify queue overflow",-34} CORTE_PUBLISHED by the full look");
    }

    [Fact]
    public void AClockThatIsSetBack()
    {
        SkipUnlessItsTurn("clock set back by 2 hours");
        using Chronyd one = new(), two = new();
        using var clock = new MovableClock();
        using var agent = night.Agent(clock.Wrapper, servers: [one.Address, two.Address], clock: ", poll: 2s");
        Survives(
            "clock set back by 2 hours", agent, ["CLOCK_DRIFT"], () => clock.Set("-2h"), () => clock.Set("+0s"), () =>
            agent.Await("GATE_CLOSED"));
    }

    static void SkipUnlessItsTurn(string fault)
    {
        var row = Array.IndexOf(Slow, fault);
        if (row < 0 || Environment.GetEnvironmentVariable("DIFUSOR_CRASH") == "all") return;
        Assert.SkipUnless(row % 3 == DateTime.UtcNow.DayOfYear % 3, "runs on another day, or under make test-crash");
    }

    void Survives(
        string fault, RunningAgent agent, string[] events, Action begin, Action end, Action? between = null,
        bool deliverAfterwards = false)
    {
        agent.StartWhole();
        if (fault.StartsWith("clock", StringComparison.Ordinal)) agent.Await("CLOCK_SYNCHRONIZED");
        var second = night.Package(40, " 20:40");
        begin();
        if (between is not null) agent.Await(events);
        between?.Invoke();
        var told = "";
        try
        {
            if (!deliverAfterwards) second.Deliver(agent.Drop);
            told = between is null ? TellsOf(agent, events) : events[0];
            Assert.Equal("first", night.Served(agent, second));
        }
        finally
        {
            end();
        }
        var mended = Stopwatch.GetTimestamp();
        if (deliverAfterwards) second.Deliver(agent.Drop);
        agent.Await("CORTE_PUBLISHED");
        // What the journal could not take before may stand on either side of the corte.
        bool IsTold(JsonNode record) => events.Contains(RunningAgent.Event(record));
        if (told.Length == 0) told = RunningAgent.Event(agent.Journal().LastOrDefault(IsTold) ?? agent.Await(events));
        Assert.Equal("second", night.Served(agent, second));
        Assert.True(OpenedNight.MapAgrees(agent));
        Assert.False(agent.Process!.HasExited);
        Assert.Equal(0, agent.Command("journal", "verify").ExitCode);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{fault,-34} {told,-15} first served, second live {Stopwatch.GetElapsedTime(mended).TotalSeconds:0.0} s "
                + $"after the fault"));
    }

    /// <summary>
    /// The event; where the journal itself cannot be written it is told when it can be, and on standard error now.
    /// </summary>
    static string TellsOf(RunningAgent agent, string[] events)
    {
        var record = agent.AwaitOr(
            record => events.Contains(RunningAgent.Event(record)), () =>
            agent.Errors.Contains("journal", StringComparison.Ordinal));
        return record is null ? "" : RunningAgent.Event(record);
    }
}
