using System.Text.Json.Nodes;
using Difusor.Agent.Cli;
using Difusor.Agent.Tests.Linux;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Cli;

public class ClockCommandTests
{
    static (int Code, string Output, string Errors) Clock(string[] servers, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var config = folder.Write(
            "agent.yaml",
            $"election: ieem-2021\nclock: {{servers: "
            + $"[{string.Join(", ", servers.Select(server => $"\"{server}\""))}], quorum: "
            + $"{Math.Min(2, servers.Length)}}}\npaths: {{run: {folder.Path}}}\n");
        using StringWriter output = new(), errors = new();
        var code = CommandLine.Run(
            ["clock", "--config", config, .. arguments], new CliOutput(output, errors, Language.En, Surface.Plain));
        return (code, output.ToString(), errors.ToString());
    }

    [Fact]
    public void ALiarOfThreeIsNamedInTheTable()
    {
        using LoopbackNtp a = LoopbackNtp.Honest(), b = LoopbackNtp.Honest(),
        liar = LoopbackNtp.Honest(TimeSpan.FromSeconds(5));
        var (code, output, _) = Clock([a.Name, b.Name, liar.Name]);
        Assert.Equal(0, code);
        Assert.Contains("false time", output.Split('\n').Single(line => line.StartsWith(liar.Name)));
        Assert.Contains("Publication is allowed", output);
    }

    [Fact]
    public void TheJsonHasServersClockAndGate()
    {
        using LoopbackNtp a = LoopbackNtp.Honest(), b = LoopbackNtp.Honest(), c = LoopbackNtp.Honest(),
        d = LoopbackNtp.Honest();
        var answer = JsonNode.Parse(Clock([a.Name, b.Name, c.Name, d.Name], "--json").Output)!;
        Assert.All(
            answer["servers"]!.AsArray(), server => Assert.Equal("chosen", server!["state"]!.GetValue<string>()));
        Assert.True(answer["clock"]!["synchronized"]!.GetValue<bool>());
        Assert.Equal("2021-06-06T20:00:00-05:00", answer["gate"]!["opens_at"]!.GetValue<string>());
    }

    [Fact]
    public void ServersThatContradictEachOtherAreNoTime()
    {
        using LoopbackNtp a = LoopbackNtp.Honest(), liar = LoopbackNtp.Honest(TimeSpan.FromSeconds(5));
        var (code, output, errors) = Clock([a.Name, liar.Name]);
        Assert.Equal(1, code);
        Assert.Contains("clock-unsynchronized", output);
        Assert.Contains("do not agree", errors);
    }

    [Fact]
    public void WhereNobodyAnswersItSaysWhyAndWhatToDo()
    {
        string gone;
        using (var server = LoopbackNtp.Honest()) gone = server.Name;
        var (code, _, errors) = Clock([gone]);
        Assert.Equal(3, code);
        Assert.Contains("your provider's NTP server in clock.servers", errors);
        Assert.Contains("DNS", Clock(["no-such-server.invalid"]).Errors);
    }
}
