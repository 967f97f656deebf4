using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.Tests.Cli;
using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests.Privacy;

/// <summary>
/// A running agent whose configuration holds a secret in each place that can hold one: it is in nothing that the agent
/// writes, says or runs.
/// </summary>
public sealed class SecretTests
{
    const string Secret = "s3cr3t";

    [Fact]
    public void ARunningAgentTellsNoSecretOfItsConfiguration()
    {
        using var agent = new RunningAgent(DateTimeOffset.UtcNow.AddHours(-1), ["127.0.0.1:9", "127.0.0.1:19"],
            $$"""
            notify:
              command: "TOKEN={{Secret}}-0 /bin/sh {{"FOLDER"}}/told.sh {{Secret}}-1"
              environment: notify.env
              heartbeat: {url: "http://127.0.0.1:9/{{Secret}}-2?key={{Secret}}-3", every: 1s}
            sentinel: {probes: [{url: "http://127.0.0.1:9/?key={{Secret}}-4", every: 500ms}]}
            """);
        File.WriteAllText(
            agent.Configuration,
            File.ReadAllText(agent.Configuration).Replace("FOLDER", agent.Folder, StringComparison.Ordinal));
        File.WriteAllText(agent.At("notify.env"), $"FROM_FILE={Secret}-5\n");
        File.SetUnixFileMode(agent.At("notify.env"), (UnixFileMode)0b110_000_000);
        File.WriteAllText(agent.At("told.sh"),
            $"cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' > {agent.At("seen")}; echo \"$TOKEN $1 $FROM_FILE "
                + $"failed\" >&2; echo \"$FROM_FILE\" > {agent.At("had")}; exit 7\n");
        agent.Start();
        // A rejected configuration is a change for the worse: the command is run. It is one that repeats a secret in a
        // wrong place.
        var good = File.ReadAllText(agent.Configuration);
        File.WriteAllText(
            agent.Configuration, good + $"syslogs: 1\nquarantine: {{keep: \"https://user:{Secret}-6@x/\"}}\n");
        agent.Signal(Signum.SIGHUP);
        agent.Await("CONFIG_REJECTED");
        File.WriteAllText(agent.Configuration, good.Replace($"{Secret}-1", $"{Secret}-7", StringComparison.Ordinal));
        agent.Signal(Signum.SIGHUP);
        var changed = RunningAgent.Field(agent.Await("CONFIG_RELOADED"), "changed");
        Assert.Contains("notify.command", changed, StringComparison.Ordinal);
        Assert.True(
            SpinWait.SpinUntil(
            () => agent.Errors.Contains("notify.command terminó con el código 7", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30)), agent.Errors);

        Assert.Equal($"{Secret}-5\n", File.ReadAllText(agent.At("had")));
        // The script's own argument is on its command line, where the sysadmin has put it; nothing else is.
        var seen = File.ReadAllText(agent.At("seen"));
        foreach (var number in new[] { 0, 2, 3, 4, 5 })
            Assert.DoesNotContain($"{Secret}-{number}", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, agent.Errors, StringComparison.Ordinal);

        foreach (var command in ShownCommands.Lines)
        {
            var (_, output, errors) = agent.Command(command.Split(' '));
            Assert.DoesNotContain(Secret, output + errors, StringComparison.Ordinal);
        }
        agent.Command("journal", "export", "--out", agent.At("out"));
        Assert.NotEmpty(Directory.GetFiles(agent.At("out"), "check.html", SearchOption.AllDirectories));
        agent.Stop();
        foreach (var folder in new[] { "acuses", "estado", "run", "out" })
            foreach (var file in Directory.GetFiles(agent.At(folder), "*", SearchOption.AllDirectories))
                Assert.DoesNotContain(Secret, File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void AnEnvironmentThatOthersCanReadIsRefusedAtTheStartAndAtAReload()
    {
        using var agent = new RunningAgent(
            DateTimeOffset.UtcNow.AddHours(-1), ["127.0.0.1:9", "127.0.0.1:19"], "notify:\n  environment: notify.env");
        File.WriteAllText(agent.At("notify.env"), $"TOKEN={Secret}\n");
        File.SetUnixFileMode(agent.At("notify.env"), (UnixFileMode)0b110_100_100);
        var (code, _, said) = Bounded.Run(Binary.Path, "run", "--config", agent.Configuration);
        Assert.Equal(2, code);
        var line = File.ReadAllLines(agent.Configuration)
            .TakeWhile(text => !text.Contains("environment", StringComparison.Ordinal)).Count() + 1;
        Assert.Contains($"agent.yaml:{line}:16: notify.environment", said, StringComparison.Ordinal);
        File.SetUnixFileMode(agent.At("notify.env"), (UnixFileMode)0b110_100_000);
        agent.Start();
        File.WriteAllText(agent.At("notify.env"), $"export TOKEN={Secret}\n");
        agent.Signal(Signum.SIGHUP);
        var rejected = agent.Await("CONFIG_REJECTED");
        Assert.Equal(
            (agent.At("notify.env"), "1"),
            (RunningAgent.Field(rejected, "file"), RunningAgent.Field(rejected, "line")));
        Assert.DoesNotContain(Secret, rejected.ToJsonString(), StringComparison.Ordinal);
        agent.Stop();
    }
}
