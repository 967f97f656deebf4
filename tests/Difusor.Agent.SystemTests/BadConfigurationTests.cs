using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests;

/// <summary>A configuration that does not hold starts nothing, and says where and what was expected.</summary>
public sealed class BadConfigurationTests
{
    [Theory]
    [InlineData("run"), InlineData("config", "validate")]
    public void ABadValueIsToldWithFileLineAndColumn(params string[] command)
    {
        using var agent =
            new RunningAgent(DateTimeOffset.UtcNow, ["127.0.0.1:9", "127.0.0.1:19"], "quarantine: {keep: many}");
        var (code, _, errors) = agent.Command([.. command, "--language", "en"]);
        Assert.Equal(2, code);
        Assert.Matches($@"^{agent.Configuration}:\d+:20: ", errors);
        Assert.False(Directory.Exists(agent.At("estado/staging")), "nothing was started");
    }

    [Theory]
    [InlineData("nohup"), InlineData("env", "--ignore-signal=HUP", "--ignore-signal=TERM")]
    public void AReloadAndAStopAreHeardThoughTheParentHasThemIgnored(params string[] parent)
    {
        using var agent = new RunningAgent(
            DateTimeOffset.UtcNow.AddHours(1), ["127.0.0.1:9", "127.0.0.1:19"], wrapper: parent).Start();
        File.WriteAllText(
            agent.Configuration,
            File.ReadAllText(agent.Configuration)
            .Replace("min_free: 1MiB", "min_free: 2MiB", StringComparison.Ordinal));
        Mono.Unix.Native.Syscall.kill(agent.Process!.Id, Mono.Unix.Native.Signum.SIGHUP);
        Assert.Contains(
            "limits.min_free", RunningAgent.Field(agent.Await("CONFIG_RELOADED"), "changed"), StringComparison.Ordinal);
        Assert.Equal(0, agent.Stop());
    }

    [Fact]
    public void AReloadOfABadFileKeepsTheOldOne()
    {
        using var agent = new RunningAgent(DateTimeOffset.UtcNow.AddHours(1), ["127.0.0.1:9", "127.0.0.1:19"]).Start();
        agent.Await("CLOCK_UNCERTAIN");
        var good = File.ReadAllText(agent.Configuration);
        File.WriteAllText(agent.Configuration, good + "\nspelling: wrong\n");
        Mono.Unix.Native.Syscall.kill(agent.Process!.Id, Mono.Unix.Native.Signum.SIGHUP);
        Assert.Contains(
            "spelling", RunningAgent.Field(agent.Await("CONFIG_REJECTED", "CONFIG_RELOADED"), "problem"),
            StringComparison.Ordinal);

        File.WriteAllText(
            agent.Configuration, good.Replace("min_free: 1MiB", "min_free: 2MiB", StringComparison.Ordinal));
        Mono.Unix.Native.Syscall.kill(agent.Process!.Id, Mono.Unix.Native.Signum.SIGHUP);
        Assert.Contains(
            "limits.min_free", RunningAgent.Field(agent.Await("CONFIG_RELOADED", "CONFIG_REJECTED"), "changed"),
            StringComparison.Ordinal);

        File.WriteAllText(
            agent.At("eleccion.yaml"),
            File.ReadAllText(agent.At("eleccion.yaml")).Replace("opens: 20", "opens: 19", StringComparison.Ordinal));
        Mono.Unix.Native.Syscall.kill(agent.Process!.Id, Mono.Unix.Native.Signum.SIGHUP);
        agent.Await("CONFIG_REJECTED");
        Assert.Equal(0, agent.Stop());
    }

    [Fact]
    public void AReloadThatIsRejectedFailsWithLineAndColumnAndTheCommandsGoOn()
    {
        using var agent = new RunningAgent(DateTimeOffset.UtcNow, ["127.0.0.1:9", "127.0.0.1:19"]).Start();
        agent.Await("CLOCK_UNCERTAIN");
        var good = File.ReadAllText(agent.Configuration);
        File.WriteAllText(agent.Configuration, good + "\nspelling: wrong\n");
        var (code, _, errors) = agent.Command("config", "reload", "--language", "en");
        Assert.Equal(2, code);
        Assert.Matches(@"agent.*:\d+:\d+: .*spelling", errors);
        agent.Await("CONFIG_REJECTED");
        foreach (var command in new[] { "status", "journal verify", "releases list", "withdraw --reason x --force" })
        {
            var (done, output, told) = agent.Command([.. command.Split(' '), "--language", "en"]);
            Assert.True(done == 0, $"{command}: {done} {output}{told}");
            Assert.Contains("spelling", told, StringComparison.Ordinal);
        }
        File.WriteAllText(
            agent.Configuration, good.Replace("min_free: 1MiB", "min_free: 2MiB", StringComparison.Ordinal));
        var (again, said, _) = agent.Command("config", "reload", "--language", "en");
        Assert.Equal(0, again);
        Assert.Contains("limits.min_free", said, StringComparison.Ordinal);
        Assert.Equal(0, agent.Stop());
    }

    [Fact]
    public void AFileThatIsGoneAtAReloadIsARejectedConfigurationAndNoFaultOfTheDisk()
    {
        using var agent = new RunningAgent(DateTimeOffset.UtcNow, ["127.0.0.1:9", "127.0.0.1:19"]).Start();
        agent.Await("CLOCK_UNCERTAIN");
        var kept = agent.Configuration + ".kept";
        File.Move(agent.Configuration, kept);
        Mono.Unix.Native.Syscall.kill(agent.Process!.Id, Mono.Unix.Native.Signum.SIGHUP);
        Assert.Contains(
            agent.Configuration, RunningAgent.Field(agent.Await("CONFIG_REJECTED"), "file"), StringComparison.Ordinal);
        Assert.DoesNotContain(agent.Journal(), record => RunningAgent.Event(record) == "STORAGE_FAILED");
        File.Move(kept, agent.Configuration);
        Assert.Equal(0, agent.Command("config", "reload").ExitCode);
        Assert.Equal(0, agent.Stop());
    }
}
