using System.Diagnostics;
using System.Text.Json;
using Difusor.Agent.Events;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests;

/// <summary>
/// packaging/monitoring/check_difusor_agent, with each answer that <c>difusor-agent status</c> has: another program
/// says it in its place.
/// </summary>
public sealed class MonitoringCheckTests : IDisposable
{
    static readonly string Check = WorkingCopy.At("packaging/monitoring/check_difusor_agent");
    readonly TemporaryFolder folder = new();

    public MonitoringCheckTests()
    {
        folder.Write("agent", "#!/bin/sh\ncat \"$0.warns\" >&2; cat \"$0.says\"; exit \"$(cat \"$0.exit\")\"\n");
        File.SetUnixFileMode(folder["agent"], (UnixFileMode)0b111_101_101);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void NothingIsWrong() =>
        Assert.Equal(
            (0, "OK: corte 2021-06-06T20:20:00-05:00\n"),
            Answer(0, """{"troubles": [], "published": {"corte": "2021-06-06T20:20:00-05:00"}}"""));

    [Fact]
    public void WhatIsWrongIsSaidWithItsCommandInALineThatNagiosReads()
    {
        var (exit, said) = Answer(
            0, """{"troubles": [{"event": "CORTE_OVERDUE", "message": "no | corte\nyet", "command": "call"}]}""");
        Assert.Equal((1, "WARNING: CORTE_OVERDUE no / corte/yet [call]\n"), (exit, said));
    }

    /// <summary>What is grave is what syslog hears at critical or alert.</summary>
    [Fact]
    public void AnEventAtCriticalOrWorseIsGraveAndNoOther() =>
        Assert.All(TroubleCatalogue.All.SelectMany(trouble => trouble.Begins), code =>
        {
            var trouble = JsonSerializer.Serialize(code.Id());
            var (exit, _) = Answer(0, $$"""{"troubles": [{"event": {{trouble}}, "message": "-"}]}""");
            var isGrave = EventCatalogue.Of(code).Severity <= Severity.Critical;
            Assert.True(exit == (isGrave ? 2 : 1), $"{code.Id()}: {exit}");
        });

    [Theory]
    [InlineData(3, "the old state", "difusor-agent: no agent runs", 2, "CRITICAL: difusor-agent: no agent runs\n")]
    [InlineData(2, "", "agent.yaml:3:1: no such key", 3, "UNKNOWN: agent.yaml:3:1: no such key\n")]
    [InlineData(0, "no JSON", "", 3, "UNKNOWN: jq cannot read the status\n")]
    public void WithoutAnAnswerItIsNeverGreen(int exit, string said, string warned, int expected, string told) =>
        Assert.Equal((expected, told), Answer(exit, said, warned));

    [Fact]
    public void AnErrorInTheConfigurationHidesNoAlteration()
    {
        var (exit, said) = Answer(
            0, """{"troubles": [{"event": "TAMPER_DETECTED", "message": "altered"}]}""",
            "difusor-agent: agent.yaml:3:1: no such key; what the agent works with is used");
        Assert.Equal((2, "CRITICAL: TAMPER_DETECTED altered\n"), (exit, said));
    }

    [Fact]
    public void WithoutJqItSaysSoAndIsNotGreen()
    {
        folder.Write("bin/none", "");
        foreach (var name in new[] { "cat", "tail" })
            File.CreateSymbolicLink(folder[$"bin/{name}"], $"/usr/bin/{name}");
        var (exit, said) = Answer(0, """{"troubles": []}""", path: folder["bin"]);
        Assert.Equal((3, "UNKNOWN: jq is not installed\n"), (exit, said));
    }

    /// <summary>Without an agent the real program ends with 3.</summary>
    [Fact]
    public void AnAgentThatDoesNotRunIsCritical()
    {
        folder.Write(
            "agent.yaml", $"election: ieem-2021\npaths: {{state: {folder.Path}/estado, run: {folder.Path}/run}}\n");
        var (exit, said) = Run(Binary.Path, null, "--config", folder["agent.yaml"]);
        Assert.True(exit == 2, said);
        Assert.StartsWith("CRITICAL: ", said);
    }

    (int Exit, string Said) Answer(int exit, string said, string warned = "", string? path = null)
    {
        folder.Write("agent.exit", $"{exit}");
        folder.Write("agent.says", said + "\n");
        folder.Write("agent.warns", warned.Length == 0 ? "" : warned + "\n");
        return Run(folder["agent"], path);
    }

    static (int Exit, string Said) Run(string agent, string? path, params string[] arguments)
    {
        var start = new ProcessStartInfo(Check, arguments);
        start.Environment["DIFUSOR_AGENT"] = agent;
        if (path is not null) start.Environment["PATH"] = path;
        var (exit, said, errors) = Bounded.Run(start);
        return (exit, said + errors);
    }
}
