using System.Collections.Concurrent;
using Difusor.Agent.Linux.Sentinel;

namespace Difusor.Agent.Tests.Linux;

public sealed class NotifyCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly BlockingCollection<string> complaints = [];

    public void Dispose()
    {
        folder.Dispose();
        complaints.Dispose();
    }

    [Fact]
    public void TheCommandGetsTheEventOnStandardInput()
    {
        using var notify = new NotifyCommand($"cat > {folder["got"]}; exit 7", complaints.Add);
        notify.Tell("""{"event":"TAMPER_DETECTED"}""");
        Assert.Equal("notify.command ended with 7", Bounded.Next(complaints, "what the command has come to"));
        Assert.Equal("""{"event":"TAMPER_DETECTED"}""" + "\n", File.ReadAllText(folder["got"]));
    }

    [Fact]
    public void ACommandThatHangsIsEndedAndNobodyWaits()
    {
        using var notify = new NotifyCommand("sleep 1000", complaints.Add, TimeSpan.FromMilliseconds(50));
        for (var at = 0; at < 1000; at++) notify.Tell("{}");
        Assert.Contains(
            "was ended", Bounded.Next(complaints, "what the command has come to"), StringComparison.Ordinal);
    }

    [Fact]
    public void HowEachRunEndedIsToldTheGoodOnesToo()
    {
        var ended = new BlockingCollection<string?>();
        using var notify = new NotifyCommand(
            $"test -e {folder["made"]} || {{ touch {folder["made"]}; exit 7; }}", complaints.Add,
            ran: run => ended.Add(run.Error));
        notify.Tell("{}");
        Assert.Equal("notify.command ended with 7", Bounded.Next(ended, "how the first run ended"));
        notify.Tell("{}");
        Assert.Null(Bounded.Next(ended, "how the second run ended"));
        Assert.Single(complaints);
    }

    [Fact]
    public void ACommandThatIsNotThereIsSaid()
    {
        using var notify = new NotifyCommand("/nowhere/at-all 2>/dev/null", complaints.Add);
        notify.Tell("{}");
        Assert.Equal("notify.command ended with 127", Bounded.Next(complaints, "what the command has come to"));
    }

    [Fact]
    public void WhatAFailingCommandSaysIsToldPrintableAndCut()
    {
        using var notify = new NotifyCommand(
            "printf 'no\\033[31m route\\n' >&2; head -c 10000000 /dev/zero | tr '\\0' x >&2; exit 7", complaints.Add);
        notify.Tell("{}");
        var told = Bounded.Next(complaints, "what the command has come to");
        Assert.StartsWith("notify.command ended with 7: no\\x1b[31m route\\x0axxx", told, StringComparison.Ordinal);
        Assert.InRange(told.Length, 1000, 1100);
    }

    [Fact]
    public void ACommandsOutputDoesNotReachTheAgentsLog()
    {
        using var notify = new NotifyCommand(
            $"exec 3>&1; readlink /proc/self/fd/3 /proc/self/fd/2 > {folder["to"]}; exit 7", complaints.Add);
        notify.Tell("{}");
        Bounded.Next(complaints, "what the command has come to");
        var to = File.ReadAllLines(folder["to"]);
        Assert.Equal("/dev/null", to[0]);
        Assert.DoesNotContain(
            File.ResolveLinkTarget("/proc/self/fd/2", returnFinalTarget: false)!.Name, to[1], StringComparison.Ordinal);
    }

    [Fact]
    public void ACommandThatRunsWhileTheAgentStopsIsEndedWithItsChildren()
    {
        using (var notify = new NotifyCommand(
            $"(sleep 600 & echo > {folder["alive"]}; wait) > {folder["held"]} & wait", complaints.Add))
        {
            notify.Tell("{}");
            Bounded.Until(() => File.Exists(folder["alive"]), "the command's child");
        }
        // Who still has the file open outlives the agent. The signal has been sent; a process is gone once it has been
        // given the processor.
        Bounded.Until(() => !Directory.EnumerateDirectories("/proc").Any(Holds), "the end of the command's children");
    }

    bool Holds(string process)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(process, "fd/1"), returnFinalTarget: false)?.FullName == folder[
                "held"];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return false; }
    }
}
