using System.Text.Json.Nodes;
using Difusor.Agent.SystemTests.Harness;
using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests;

/// <summary><c>notify test</c> of the published binary, and what <c>check</c> says of it.</summary>
public sealed class NotifyTestTests : IDisposable
{
    // A trouble of the clock would be a notice of its own.
    readonly Chronyd first = new(), second = new();

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public void ATestGoesThroughTheRunningAgentAndCheckRemembersIt()
    {
        using var agent = Agent("sh ./page");
        File.WriteAllText(agent.At("page"), "cat >> told; echo no route >&2; exit $(cat code)");
        File.WriteAllText(agent.At("code"), "3");
        agent.StartWhole();
        Assert.Equal(("by-hand", "difusor-agent notify test"), Row(agent));

        var (code, _, errors) = agent.Command("notify", "test");
        Assert.Equal(3, code);
        Assert.Contains("3: no route", errors, StringComparison.Ordinal);
        agent.AwaitStatus(status => status["notify"]?["last_failure"] is not null);
        Assert.Equal("fail", Row(agent).State);

        File.WriteAllText(agent.At("code"), "0");
        Assert.Equal(0, agent.Command("notify", "test").ExitCode);
        agent.AwaitStatus(status => status["notify"]?["last_success"] is not null);
        Assert.Equal(("pass", null), Row(agent));
        Assert.Equal(2, agent.Journal().Count(record => RunningAgent.Field(record, "action") == "notify-test"));
        var test = File.ReadAllLines(agent.At("told")).Select(line => JsonNode.Parse(line)!)
            .First(notice => (string?)notice["state"] == "test");
        Assert.Contains($"({Syscall.getuid()}).", (string?)test["message"], StringComparison.Ordinal);
        Assert.DoesNotContain("{", (string?)test["message"], StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutACommandATestIsRefused()
    {
        using var agent = Agent(command: null).StartWhole();
        Assert.Equal(1, agent.Command("notify", "test").ExitCode);
    }

    RunningAgent Agent(string? command)
    {
        var agent = new RunningAgent(DateTimeOffset.UtcNow.AddDays(1), [first.Address, second.Address]);
        if (command is not null)
            File.AppendAllText(
                agent.Configuration, $"\nnotify: {{command: 'cd {agent.Folder} && {command}'}}\n");
        return agent;
    }

    static (string? State, string? Command) Row(RunningAgent agent)
    {
        var rows = JsonNode.Parse(agent.Command("check", "--json").Output)!["rows"]!.AsArray();
        var row = rows.Single(row => (string?)row!["id"] == "notify")!;
        return ((string?)row["state"], (string?)row["command"]);
    }
}
