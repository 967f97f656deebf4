using Difusor.Agent.Daemon;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Control;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Publication;
using Difusor.Agent.Tests.Linux;
using Difusor.Agent.Texts;
using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests;

/// <summary>
/// The whole agent in this process, with an error put into each of its threads and each of their steps.
/// </summary>
[Collection(nameof(Injection))]
public sealed class FaultyNightTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90), Round = TimeSpan.FromSeconds(6);

    /// <summary>
    /// Where the error comes from elsewhere: a signal of the system, a forgotten task, the end, and what BoundaryTests
    /// puts it into; and a heal between two signals, which comes only where two trees that nobody is served are found
    /// altered at one look.
    /// </summary>
    static readonly BoundaryPoint[] Elsewhere =
        [BoundaryPoint.Hangup, BoundaryPoint.Forgotten, BoundaryPoint.LoopStop, BoundaryPoint.Heartbeat,
            BoundaryPoint.HeartbeatBeat, BoundaryPoint.ThreadStart, BoundaryPoint.LoopHeal];

    readonly TemporaryFolder folder = new();
    readonly List<LoopbackNtp> servers =
        [LoopbackNtp.Honest(), LoopbackNtp.Honest(), LoopbackNtp.Honest(), LoopbackNtp.Honest()];
    readonly DateTimeOffset opens = new(
        DateTimeOffset.UtcNow.AddHours(-3).Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
    readonly AutoResetEvent fed = new(initialState: false);
    AgentLoop loop = null!;
    Thread thread = null!;

    public void Dispose()
    {
        Boundary.Inject = null;
        if (thread is { IsAlive: true }) Stop(); // a test has failed
        Boundary.TellTo(null);
        foreach (var server in servers) server.Dispose();
        folder.Dispose();
        fed.Dispose();
    }

    void Start()
    {
        foreach (var name in new[] { "entrega", "acuses", "estado", "run" }) Directory.CreateDirectory(folder[name]);
        folder.Write("eleccion.yaml", $"""
            id: prueba
            title: Elección de prueba
            authority: IEEM
            time_zone: Etc/GMT+6
            publication: {"{"}opens: {Iso(opens)}, keep_until: {Iso(opens.AddDays(1))}, first_corte: {Iso(opens.AddDays(-1))}{"}"}
            cadence: 20m

            """);
        folder.Write("agent.yaml", $$"""
            election: eleccion.yaml
            paths: {drop: entrega, receipts: acuses, state: estado, run: run}
            clock: {servers: [{{string.Join(", ", servers.Select(server => $"\"{server.Name}\""))}}]}
            syslog: {target: "unix:{{folder["log.sock"]}}"}
            limits: {min_free: 1MiB}
            drop: {settle: 500ms}
            sentinel: {rescan: 1s, probes: [{url: "http://127.0.0.1:9/", every: 1s}]}
            notify: {command: "cat > /dev/null"}

            """);
        var reading = ConfigurationFiles.Load(folder["agent.yaml"]);
        Assert.True(
            reading.Value is not null,
            string.Join("; ", reading.Problems.Select(problem => problem.What.In(Language.En))));
        var parts = AgentParts.Assemble(reading.Value, Diagnostics.ToStandardError(), out var problem);
        Assert.Null(problem);
        loop = new AgentLoop(parts!, () => fed.Set());
        loop.Start();
        thread = new Thread(loop.Run) { Name = "agent", IsBackground = true };
        thread.Start();
    }

    void Stop()
    {
        loop.Post(new StopRequested("test"));
        Assert.True(thread.Join(Patience), "the loop's end was awaited");
    }

    List<JournalRecord> Journal => [.. new JournalFolder(folder["estado/journal"]).Records()];

    /// <summary>Looks until the journal has what is wanted, at each of its changes.</summary>
    bool Await(Func<List<JournalRecord>, bool> wanted, TimeSpan atMost)
    {
        using var watcher = new FileSystemWatcher(folder["estado/journal"]) { EnableRaisingEvents = true };
        for (var until = DateTime.UtcNow + atMost; !wanted(Journal);)
        {
            if (DateTime.UtcNow >= until) return false;
            watcher.WaitForChanged(WatcherChangeTypes.All, 500);
        }
        return true;
    }

    string Deliver(int minute, string into = "entrega")
    {
        var corte = opens.AddMinutes(minute).ToOffset(TimeSpan.FromHours(-6));
        var name = corte.ToString("yyyyMMdd_HHmm", CultureInfo.InvariantCulture) + "_PREP";
        var files = new Dictionary<string, string>
        {
            ["index.html"]
            = $"<p>{corte:dd'/'MM'/'yyyy HH:mm}</p>",
            ["PREP.csv"] = $"PREP\n{corte:yyyy'/'MM'/'dd HH:mm} (UTC-6)\nA|B\n1|2\n",
        };
        files["SHA256SUMS"] = string.Concat(files.Select(file => $"{DropNight.Hex(file.Value)}  {file.Key}\n"));
        foreach (var (path, text) in files) folder.Write($"preparing/{name}/{path}", text);
        Directory.CreateDirectory(folder[into]);
        Directory.Move(folder[$"preparing/{name}"], folder[$"{into}/{name}"]);
        return new Difusor.Agent.Packages.Corte(corte).ToString();
    }

    static bool IsPublished(IEnumerable<JournalRecord> journal, string corte) =>
        journal.Any(record => record.Event == "CORTE_PUBLISHED" && (string?)record.Fields["corte"] == corte);

    [Fact]
    public void AnErrorInEachThreadAndEachStepEndsNothing()
    {
        Boundary.TellTo(null); // as in a process that begins
        var armed = Injection.Arm(Enum.GetValues<BoundaryPoint>().Except(Elsewhere));
        Start();
        var replies = new List<OperatorReply?>();
        for (var round = 1; round <= 25 && !armed.IsEmpty; round++)
        {
            var corte = Deliver(round);
            Deliver(60 + round, "elsewhere");
            replies.Add(ControlClient.Ask(folder["run"], new ListReleases()));
            replies.Add(
                ControlClient.Ask(
                folder["run"],
                new PublishByHand(Directory.GetDirectories(folder["elsewhere"]).Max()!, "prueba", [])));
            Await(journal => IsPublished(journal, corte), Round);
        }
        Assert.Empty(armed.Keys);
        var last = Deliver(100);
        Assert.True(Await(journal => IsPublished(journal, last), Patience), "the last corte's publication was awaited");
        var told = Journal.Where(record => record.Event == "INTERNAL_FAULT")
            .Select(record => (string?)record.Fields["step"]).ToHashSet();
        Assert.Empty(Enum.GetValues<BoundaryPoint>().Except(Elsewhere).Select(Boundary.NameOf).Except(told!));
        Assert.Contains(
            replies, reply =>
            reply is { Outcome: OperatorOutcome.Failed } && reply.Values["fault"] == "INTERNAL_FAULT");
        Assert.Equal("listed", ControlClient.Ask(folder["run"], new ListReleases())?.Message);
        Assert.Contains(
            AgentStatus.Read(File.ReadAllBytes(folder["run/status.json"]))!.Troubles,
            trouble => trouble.Event == "INTERNAL_FAULT");
        Stop();
        Assert.Equal("AGENT_STOPPED", Journal[^1].Event);
    }

    [Fact]
    public void ALoopThatOnlyFaultsDoesNotFeedTheWatchdogAndTurnsInNoCircle()
    {
        Start();
        Assert.True(fed.WaitOne(Patience), "the first sign of life was awaited");
        var turns = 0;
        Boundary.Inject = point =>
        {
            if (point == BoundaryPoint.Loop) Interlocked.Increment(ref turns);
            if (point == BoundaryPoint.LoopPublish) throw new InvalidTimeZoneException("always");
        };
        fed.WaitOne(TimeSpan.FromSeconds(7)); // what was good before it may be told once more
        turns = 0;
        Assert.False(fed.WaitOne(TimeSpan.FromSeconds(12)), "a loop that only faults has fed the watchdog");
        Assert.InRange(turns, 1, 500);
        // the names of methods change while .NET compiles them anew
        Assert.InRange(Journal.Count(record => record.Event == "INTERNAL_FAULT"), 1, 10 * FaultNoise.AtOnce);
        Boundary.Inject = null;
        Assert.True(fed.WaitOne(Patience), "the next sign of life was awaited");
        Stop();
    }

    [Fact]
    public void ACrashBetweenTheSwapAndItsRecordIsRecordedByTheNextRun()
    {
        Start();
        var corte = Deliver(1);
        Assert.True(Await(journal => IsPublished(journal, corte), Patience), "the publication was awaited");
        Stop();
        // As a crash right after the swap leaves the journal: the swap stands, and its record does not.
        var file = folder["estado/journal/000001.jsonl"];
        File.WriteAllLines(
            file, File.ReadAllLines(file)
            .TakeWhile(line => !line.Contains("\"CORTE_PUBLISHED\"", StringComparison.Ordinal)));
        File.Delete(folder["estado/journal/head"]);
        Start();
        Assert.True(Await(journal => IsPublished(journal, corte), Patience), "the record was awaited");
        Stop();
    }

    [Fact]
    public void WhatComesWhileTheJournalRefusesIsAnsweredOrGoesOnOnceItTakesRecords()
    {
        Start();
        var before = Deliver(1);
        Assert.True(Await(journal => IsPublished(journal, before), Patience), "the first publication was awaited");
        using var judged = new AutoResetEvent(initialState: false);
        Boundary.Inject = point =>
        {
            if (point == BoundaryPoint.LoopArrival) judged.Set();
        };
        string during;
        using (new FullDisk(folder["estado/journal/000001.jsonl"]))
        {
            // Its first record is refused, and so is that of the fault.
            during = Deliver(2);
            Assert.True(judged.WaitOne(Patience), "the verdict was awaited");
            Assert.Equal("listed", ControlClient.Ask(folder["run"], new ListReleases())?.Message);
        }
        Boundary.Inject = null;
        Assert.True(Await(journal => IsPublished(journal, during), Patience), "the second publication was awaited");
        Stop();
        Assert.Equal(2, Journal.Count(record => record.Event == "DELIVERY_SEEN"));
        Assert.Contains(Journal, record => record.Event == "STORAGE_FAILED");
    }

    [Fact]
    public void AReloadWhoseRecordTheJournalRefusesIsDoneOnceItTakesRecords()
    {
        Start();
        using (new FullDisk(folder["estado/journal/000001.jsonl"]))
        {
            loop.Post(new ReloadRequested());
            Assert.Equal("listed", ControlClient.Ask(folder["run"], new ListReleases())?.Message);
        }
        Assert.True(
            Await(journal => journal.Exists(record => record.Event == "CONFIG_RELOADED"), Patience),
            "the reload was awaited");
        File.Delete(folder["agent.yaml"]);
        loop.Post(new ReloadRequested());
        Assert.True(
            Await(journal => journal.Exists(record => record.Event == "CONFIG_REJECTED"), Patience),
            "the refusal of a file that is gone was awaited");
        Stop();
    }

    [Fact]
    public void AnErrorAtTheEndEndsInGoodOrder()
    {
        Start();
        Injection.Arm(BoundaryPoint.LoopStop);
        Stop();
        Assert.Equal(["INTERNAL_FAULT", "AGENT_STOPPED"], Journal.TakeLast(2).Select(record => record.Event));
        Assert.Contains("\"stopped\":\"test\"", File.ReadAllText(folder["estado/run.json"]), StringComparison.Ordinal);
    }

    /// <summary>No room on the disk for a file that this process has open for writing, until it is disposed.</summary>
    sealed class FullDisk : IDisposable
    {
        readonly int descriptor, kept;

        public FullDisk(string file)
        {
            descriptor = Directory.GetFileSystemEntries("/proc/self/fd")
                .Where(entry => new FileInfo(entry).LinkTarget == file)
                .Select(entry => int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture)).Single(IsWritable);
            kept = Syscall.dup(descriptor);
            var full = Syscall.open("/dev/full", OpenFlags.O_WRONLY);
            Assert.Equal(descriptor, Syscall.dup2(full, descriptor));
            _ = Syscall.close(full);
        }

        public void Dispose()
        {
            _ = Syscall.dup2(kept, descriptor);
            _ = Syscall.close(kept);
        }

        static bool IsWritable(int descriptor) =>
            File.ReadLines($"/proc/self/fdinfo/{descriptor}").Any(line =>
                line.StartsWith("flags:", StringComparison.Ordinal) && line.EndsWith('1'));
    }

    static string Iso(DateTimeOffset at) =>
        at.ToOffset(TimeSpan.FromHours(-6)).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
