using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Daemon;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Night;
using Difusor.Agent.Tests.Gate;
using Difusor.Agent.Tests.Night;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Linux;

/// <summary>The command of <c>publication.after</c> with a real store; the test is the loop.</summary>
public sealed class AfterPublicationTests : IDisposable
{
    readonly StoreNight night = new();
    readonly TemporaryFolder folder = new();
    readonly BlockingCollection<Signal> signals = [];
    readonly List<AgentEvent> events = [];
    readonly TroubleBoard troubles = new(Language.Es, _ => { });
    readonly EventRecorder recorder;
    AfterPublication after;

    public AfterPublicationTests()
    {
        recorder = new EventRecorder(
            new MemoryJournal(), new NightClock(VirtualHost.Profile, new ClockSettings()), record =>
            {
                events.Add(record.Happened!);
                troubles.Hear(record);
            });
        after = Begin();
    }

    string Heard => folder["heard"];

    AfterPublication Begin() =>
        new(night.Store, night.Folders.State, recorder.Record, troubles, signals.Add, _ => { }, () => Language.En);

    static HookSettings Command(string command) => new(command, null, TimeSpan.FromSeconds(30));

    HookSettings Writes => Command($"cat >> '{Heard}'");

    /// <summary>Turns until a run has ended.</summary>
    void Run()
    {
        after.Turn(HostClock.Read());
        after.Take((HookRan)Bounded.Next(signals, "the end of the command"), HostClock.Read());
    }

    [Fact]
    public void EachSwapIsToldWithWhatHasChanged()
    {
        night.Publish(0, StoreNight.Site(3));
        after.Apply(Writes);
        after.Turn(HostClock.Read());
        var second = night.Publish(20, StoreNight.Site(3, " otra", changedPages: 1));
        Run();
        var told = JsonNode.Parse(Assert.Single(File.ReadAllLines(Heard)))!;
        Assert.Equal(second.Id.Value, (string?)told["release"]);
        Assert.Equal("""["index.html","seccion/000.html"]""", told["changed"]!.ToJsonString());
        Assert.Empty(events);
    }

    [Fact]
    public void AWithdrawalIsASwapToo()
    {
        night.Publish(0, StoreNight.Site(1));
        after.Apply(Writes);
        after.Turn(HostClock.Read());
        night.Store.Withdraw(Root.Public);
        Run();
        var told = JsonNode.Parse(Assert.Single(File.ReadAllLines(Heard)))!;
        Assert.Null(told["release"]);
        Assert.Equal(2, told["removed"]!.AsArray().Count);
    }

    [Fact]
    public void WhatAStopHasCutOffIsMadeUpForAtTheNextStart()
    {
        night.Publish(0, StoreNight.Site(3));
        after.Apply(Command("exit 3"));
        after.Turn(HostClock.Read());
        var second = night.Publish(20, StoreNight.Site(3, " otra"));
        Run();
        Assert.Contains("3", Assert.IsType<HookFailed>(Assert.Single(events)).Error, StringComparison.Ordinal);
        after.Dispose();
        after = Begin();
        after.Apply(Writes);
        Run();
        var told = JsonNode.Parse(Assert.Single(File.ReadAllLines(Heard)))!;
        Assert.Equal(second.Id.Value, (string?)told["release"]);
        Assert.False(troubles.IsWell);
        after.Turn(HostClock.Read());
        Assert.Empty(signals);
        Assert.IsType<TroubleEnded>(events[^1]);
        Assert.True(troubles.IsWell);
    }

    [Fact]
    public void AFailureIsATroubleUntilTheCommandIsConfiguredNoMore()
    {
        night.Publish(0, StoreNight.Site(1));
        after.Apply(Command("exit 3"));
        after.Turn(HostClock.Read());
        night.Publish(20, StoreNight.Site(2));
        Run();
        after.Turn(HostClock.Read());
        Assert.Equal("public", Assert.Single(troubles.Open).Subject);
        after.Apply(null);
        after.Turn(HostClock.Read());
        Assert.Equal(TroubleEndCause.Unconfigured, Assert.IsType<TroubleEnded>(events[^1]).Cause);
        Assert.True(troubles.IsWell);
    }

    [Fact]
    public void WhatIsLiveWhenTheCommandIsConfiguredIsNoSwap()
    {
        night.Publish(0, StoreNight.Site(1));
        after.Apply(Writes);
        after.Turn(HostClock.Read());
        after.Apply(null);
        night.Publish(20, StoreNight.Site(2));
        after.Turn(HostClock.Read());
        Assert.False(File.Exists(Heard));
    }

    public void Dispose()
    {
        after.Dispose();
        night.Dispose();
        folder.Dispose();
        signals.Dispose();
    }
}
