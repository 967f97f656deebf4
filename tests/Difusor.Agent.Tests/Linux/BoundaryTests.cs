using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Linux.Threads;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

[Collection(nameof(Injection))]
public sealed partial class BoundaryTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What starts a thread or a task and needs no boundary of its own, with the reason.</summary>
    static readonly Dictionary<string, int> Allowed = new()
    {
        ["Linux/Threads/Boundary.cs"] = 2, // the boundary itself
        ["Linux/Threads/GuardedThread.cs"] = 1, // the same
        ["Linux/Drop/Judging.cs"] = 1, // waited for where it is begun, and what it throws is thrown there
        ["Core/Verification/Examination.cs"] = 1, // the same
        ["Linux/PackageFiles/FileHashing.cs"] = 1, // `verify` only: the waiting thread gets what it throws
        ["Agent/Cli/RunCommand.cs"] = 1, // the host waits for it
        ["Agent/Cli/ProgressBar.cs"] = 1, // for a terminal, not in the daemon
        ["Agent/Cli/Demo/DemoHost.cs"] = 2, // the demo's own servers
    };

    readonly BlockingCollection<FaultMet> faults = [];

    public BoundaryTests() => Boundary.TellTo(faults.Add);

    public void Dispose()
    {
        Boundary.Inject = null;
        Boundary.TellTo(null);
        faults.Dispose();
    }

    FaultMet NextFault() =>
        faults.TryTake(out var met, Patience) ? met : throw new InvalidOperationException("no fault was told");

    [Fact]
    public void NoThreadTaskNorTimerIsWithoutABoundary()
    {
        var found = Repository.Sources()
            .Select(file =>
                (Name: file[(file.LastIndexOf("/agent/", StringComparison.Ordinal) + 7)..],
                Starts: Starting().Count(File.ReadAllText(file))))
            .Where(file => file.Starts > 0 && file.Starts != Allowed.GetValueOrDefault(file.Name));
        Assert.Empty(found);
    }

    [GeneratedRegex(@"new Thread\(|Task\.Run\b|ThreadPool\.|new Timer\(|new "
        + @"PeriodicTimer|Task\.Factory|Parallel\.For|\basync void\b|\.UnsafeStart\(")]
    private static partial Regex Starting();

    [Fact]
    public void AThreadThatFaultsBeginsAgainAndItsPauseEndsWithIt()
    {
        using var runs = new BlockingCollection<int>();
        var count = 0;
        var thread = new GuardedThread(BoundaryPoint.Time, "time", () =>
        {
            runs.Add(++count);
            throw new InvalidTimeZoneException("again");
        });
        thread.Start();
        for (var run = 1; run <= 4; run++) Assert.True(runs.TryTake(out _, Patience), $"run {run} was awaited");
        Assert.Equal(
            ("time", "time", "System.InvalidTimeZoneException"),
            NextFault().Fault is var fault ? (fault.Step, fault.Thread, fault.Kind) : default);
        Assert.True(thread.Join(Patience), "the thread's end was awaited");
        Assert.False(thread.IsAlive);
        // Three of one kind, and no more in the first minutes.
        Assert.InRange(faults.Count, 2, 2);
    }

    [Fact]
    public void AThreadThatTheSystemRefusesIsStartedLater()
    {
        using var ran = new ManualResetEventSlim();
        Injection.Arm(BoundaryPoint.ThreadStart);
        var thread = new GuardedThread(BoundaryPoint.Time, "time", ran.Set);
        thread.Start();
        Assert.Equal("thread-start", NextFault().Fault.Step);
        Assert.False(thread.IsAlive);
        GuardedThread.StartRefused();
        Assert.True(ran.Wait(Patience), "the thread's work was awaited");
        thread.Join();
    }

    [Fact]
    public void ASystemFaultPassesWhereItIsForeseenAndIsToldWhereItIsNot()
    {
        Action refused = () => throw new SystemFault("open", "x", Errno.EIO);
        Assert.Throws<SystemFault>(() => Boundary.Run(BoundaryPoint.LoopUpkeep, refused, passes: true));
        Assert.Empty(faults);
        Assert.False(Boundary.Run(BoundaryPoint.Control, refused, "A"));
        Assert.Equal(("control", "A"), NextFault().Fault is var fault ? (fault.Step, fault.Delivery) : default);
    }

    [Fact]
    public void WhatFaultsBeforeThereIsALoopIsToldOnceThereIsOne()
    {
        Boundary.TellTo(null);
        Assert.False(Boundary.Run(BoundaryPoint.Notify, () => throw new InvalidTimeZoneException()));
        Boundary.TellTo(faults.Add);
        Assert.Equal("notify", NextFault().Fault.Step);
        Boundary.TellTo(faults.Add);
        Assert.Empty(faults);
    }

    [Fact]
    public void ASinkThatFailsEndsNobody()
    {
        Boundary.TellTo(_ => throw new InvalidOperationException("the journal is broken"));
        Assert.False(Boundary.Run(BoundaryPoint.Time, () => throw new InvalidTimeZoneException()));
    }

    [Fact]
    public void AHeartbeatAndANotificationThatFaultAreFollowedByTheNext()
    {
        using var folder = new TemporaryFolder();
        var armed = Injection.Arm(
            BoundaryPoint.HeartbeatBeat, BoundaryPoint.Heartbeat, BoundaryPoint.NotifyEvent, BoundaryPoint.Notify);
        using var server = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        server.Start();
        using (var heartbeat =
            new Heartbeat(
            new Difusor.Agent.Configuration.UrlEvery(
            new Uri($"http://{server.LocalEndpoint}/"), TimeSpan.FromSeconds(1))))
        {
            heartbeat.Tell(isWell: true, DateTimeOffset.UnixEpoch);
            NextFault();
            NextFault();
            heartbeat.Tell(isWell: true, DateTimeOffset.UnixEpoch.AddSeconds(10));
            Bounded.Ended(server.AcceptSocketAsync(), "the second heartbeat");
        }
        using (var notify =
            new NotifyCommand($"cat > {folder["said"]}.new; mv {folder["said"]}.new {folder["said"]}", _ => { }))
        {
            using var watcher = new FileSystemWatcher(folder[""]) { EnableRaisingEvents = true };
            notify.Tell("first");
            NextFault();
            NextFault();
            notify.Tell("second");
            for (var left = 60; left > 0 && !File.Exists(folder["said"]); left--)
                watcher.WaitForChanged(WatcherChangeTypes.All, 1000);
            Assert.Equal("second\n", File.ReadAllText(folder["said"]));
        }
        Assert.Empty(armed);
    }
}
