using System.Collections.Concurrent;
using Difusor.Agent.Linux.Sentinel;

namespace Difusor.Agent.Tests.Linux;

/// <summary>What notify.command is told in confidence shows nowhere, and it holds nobody up by not listening.</summary>
public sealed class NotifySecretTests : IDisposable
{
    static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    readonly TemporaryFolder folder = new();
    readonly BlockingCollection<string> complaints = [];

    public void Dispose()
    {
        folder.Dispose();
        complaints.Dispose();
    }

    string Complaint()
    {
        Assert.True(complaints.TryTake(out var told, Bound), "notify.command was not complained of");
        return told!;
    }

    [Fact]
    public void TheCommandLineOfTheCommandShowsToNobody()
    {
        using var notify = new NotifyCommand(
            $"TOKEN=s3cret; cat /proc/[0-9]*/cmdline > {folder["seen"]} 2>/dev/null; exit 7", complaints.Add);
        notify.Tell("{}");
        Complaint();
        var seen = File.ReadAllText(folder["seen"]);
        Assert.Contains("/bin/sh\0-c\0", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void ACommandThatReadsNothingIsEndedInItsTimeThoughTheEventIsLong()
    {
        using var notify = new NotifyCommand("sleep 1000", complaints.Add, TimeSpan.FromMilliseconds(200));
        notify.Tell(new string('x', 1 << 20));
        Assert.Contains("was ended", Complaint(), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAFailingCommandSaysOfItsOwnArgumentsIsHidden()
    {
        using var notify = new NotifyCommand(
            $"{folder.Write("fails.sh", "#!/bin/sh\necho \"no such token $2\" >&2; exit 7")} --token s3cret-token",
            complaints.Add);
        File.SetUnixFileMode(folder["fails.sh"], (UnixFileMode)0b111_101_101);
        notify.Tell("{}");
        var told = Complaint();
        Assert.Contains("no such token", told, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", told, StringComparison.Ordinal);
    }

    [Fact]
    public void TheCommandGetsTheVariablesOfItsFileAndNothingOfTheAgentsOwn()
    {
        Secret("TOKEN=s3cret-1\n");
        using var notify = new NotifyCommand(
            $"printf '%s/%s' \"$TOKEN\" \"$DIFUSOR_NOTIFY\" > {folder["got"]}; exit 7", complaints.Add,
            environment: folder["notify.env"]);
        notify.Tell("{}");
        Complaint();
        Assert.Equal("s3cret-1/", File.ReadAllText(folder["got"]));
        // Read at each run: a new token needs no reload.
        Secret("TOKEN=s3cret-2\n");
        notify.Tell("{}");
        Complaint();
        Assert.Equal("s3cret-2/", File.ReadAllText(folder["got"]));
    }

    [Fact]
    public void WhatTheCommandSaysOfItsSecretsIsHidden()
    {
        Secret("TOKEN=s3cret-token\n");
        using var notify =
            new NotifyCommand("echo \"401 for $TOKEN\" >&2; exit 7", complaints.Add, environment: folder["notify.env"]);
        notify.Tell("{}");
        Assert.Equal("notify.command ended with 7: 401 for ***", Complaint());
    }

    [Fact]
    public void AFileThatHasBecomeUnreadableIsComplainedOfAndTheCommandRunsAllTheSame()
    {
        using var notify =
            new NotifyCommand($"cat > {folder["got"]}; exit 7", complaints.Add, environment: folder["notify.env"]);
        notify.Tell("{}");
        Assert.StartsWith("notify.environment: ", Complaint(), StringComparison.Ordinal);
        Assert.Equal("notify.command ended with 7", Complaint());
        Assert.Equal("{}\n", File.ReadAllText(folder["got"]));
    }

    void Secret(string text) => File.SetUnixFileMode(folder.Write("notify.env", text), (UnixFileMode)0b110_000_000);
}
