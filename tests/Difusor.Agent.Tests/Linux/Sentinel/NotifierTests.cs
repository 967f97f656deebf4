using System.Collections.Concurrent;
using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Linux;

/// <summary>What is known of the notices: how a test went, and when one last went well.</summary>
public sealed class NotifierTests : IDisposable
{
    static readonly NotifySettings Works = new() { Command = "cat > /dev/null; true s3cret-token" };

    readonly TemporaryFolder folder = new();
    readonly BlockingCollection<NotifyRun> runs = [];

    public void Dispose()
    {
        folder.Dispose();
        runs.Dispose();
    }

    [Fact]
    public void ATestSaysHowItWentAndThatIsRememberedOverARestart()
    {
        Assert.True(Test(Works).Delivered);
        using var again = new Notifier(_ => { }, folder.Path);
        Assert.Null(again.Status);
        again.Apply(With(Works));
        Assert.True(again.Status!.Works);
        Assert.DoesNotContain("s3cret", File.ReadAllText(folder["notify.json"]), StringComparison.Ordinal);
        // Another command has proven nothing.
        again.Apply(With(new NotifySettings { Command = "true" }));
        Assert.Equal(new NotifyStatus(null), again.Status);
    }

    [Fact]
    public void ACommandThatIsNotThereIsAFailureThatIsRemembered()
    {
        var settings = new NotifySettings { Command = "/no/such/thing" };
        Assert.Equal(127, Test(settings).Exit);
        using var again = new Notifier(_ => { }, folder.Path);
        again.Apply(With(settings));
        Assert.Null(again.Status!.LastSuccess);
        // It was looked at, and not run.
        Assert.Null(again.Status.Exit);
        Assert.False(again.Status.Works);
        Assert.Contains("/no/such/thing", again.Status.Said, StringComparison.Ordinal);
    }

    /// <summary>Nothing was told of it before the first alarm of the night.</summary>
    [Fact]
    public void ACommandThatIsNotThereIsToldAtTheStartAndAtEachReload()
    {
        using var notifier = new Notifier(_ => { }, folder.Path, runs.Add);
        var settings = With(new NotifySettings { Command = "/no/such/thing" });
        for (var turn = 0; turn < 2; turn++)
        {
            notifier.Apply(settings);
            Assert.Equal(
                "notify.command: there is no program /no/such/thing", Bounded.Next(runs, "that it is not there").Error);
        }
        notifier.Apply(With(Works));
        Assert.Empty(runs);
    }

    [Fact]
    public void AnEventThatWasToldCountsAsATestDoes()
    {
        using var notifier = new Notifier(_ => { }, folder.Path);
        notifier.Apply(With(Works));
        notifier.Tell("{}");
        Bounded.Until(() => notifier.Status!.Works, "the end of the command");
    }

    [Fact]
    public void WhatIsWrongWithItsVariablesIsToldInTheConfiguredLanguage()
    {
        using BlockingCollection<string> complaints = [];
        using var notifier = new Notifier(complaints.Add);
        var settings = new NotifySettings { Command = "exit 7", Environment = folder.Path };
        notifier.Apply(With(settings) with { Language = Language.Es });
        Assert.True(notifier.Test("{}", runs.Add));
        Assert.Contains("no es un archivo", Bounded.Next(complaints, "the complaint"), StringComparison.Ordinal);
        Assert.Equal(7, Bounded.Next(runs, "the end of the test").Exit);
    }

    [Fact]
    public void WithoutACommandNobodyIsTold()
    {
        using var notifier = new Notifier(_ => { }, folder.Path);
        Assert.False(notifier.Test("{}", runs.Add));
    }

    /// <summary>Who waits for a test must not wait for ever, whatever comes in between.</summary>
    [Fact]
    public void ATestThatGivesWayToEventsIsAnsweredAllTheSame()
    {
        using var notify = new NotifyCommand("sleep 1000", _ => { }, Bounded.Patience * 10);
        notify.Tell("{}");
        notify.Tell("{}", runs.Add);
        for (var at = 0; at < 100; at++) notify.Tell("{}");
        Assert.Equal(NotifyRun.None, Bounded.Next(runs, "an answer"));
    }

    [Fact]
    public void ARecordThatSomebodyHasSpoiledIsNone()
    {
        Assert.Null(NotifyRecord.Read("{\"command_sha256\": 3}"u8));
        Assert.Null(NotifyRecord.Read("[]"u8));
        folder.Write("notify.json", "{");
        using var notifier = new Notifier(_ => { }, folder.Path);
        notifier.Apply(With(Works));
        Assert.Equal(new NotifyStatus(null), notifier.Status);
    }

    NotifyRun Test(NotifySettings settings)
    {
        using var notifier = new Notifier(_ => { }, folder.Path);
        notifier.Apply(With(settings));
        Assert.True(notifier.Test("{}", runs.Add));
        return Bounded.Next(runs, "the end of the test");
    }

    static Settings With(NotifySettings notify) => new() { Election = "ieem-2021", Notify = notify };
}
