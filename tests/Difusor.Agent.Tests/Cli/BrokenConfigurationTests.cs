using Difusor.Agent.Cli;
using Difusor.Agent.Linux.Control;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.Tests.Cli;

/// <summary>A mistake in agent.yaml disables nothing that runs.</summary>
public sealed class BrokenConfigurationTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly Hearing hearing = new();
    readonly List<OperatorCommand> asked = [];

    public BrokenConfigurationTests()
    {
        Directory.CreateDirectory(folder["run"]);
        folder.Write(
            "agent.yaml", "election: ieem-2021\npaths: {drop: d, receipts: r, state: s, run: run}\nspelling: wrong\n");
    }

    [Fact]
    public void TheSiteIsWithdrawnByTheRunningAgent()
    {
        using var agent = Agent(OperatorReply.Of(OperatorOutcome.Done, "withdrawn"));
        Assert.Equal(ExitCode.Done, Run("withdraw", "--reason", "prueba", "--force"));
        Assert.Equal([new WithdrawSite("prueba", Force: true)], asked);
        Assert.Contains("agent.yaml:3:1:", Assert.Single(hearing.Errors.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void TheStatusIsLookedForWhereTheFileStillSays()
    {
        Assert.Equal(ExitCode.Environment, Run("status"));
        Assert.Contains(folder["run/status.json"], hearing.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsNotThereIsAWrongNameUnlessAnAgentRuns()
    {
        Assert.Equal(ExitCode.Usage, hearing.Run("releases", "list", "--config", folder["nowhere/agent.yaml"]));
        Assert.Contains(folder["nowhere/agent.yaml"], hearing.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void ARejectedReloadSaysWhereAndWhyAndFails()
    {
        var place = $"{folder["agent.yaml"]}:3:1";
        using var agent = Agent(
            OperatorReply.Of(
                OperatorOutcome.Refused, ReloadConfiguration.Rejected, ("place", place), ("problem", "no such key.")));
        Assert.Equal(ExitCode.Usage, Run("config", "reload"));
        Assert.Equal([new ReloadConfiguration()], asked);
        Assert.Contains(
            $"{place}: no such key.", Assert.Single(hearing.Errors.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void AHeldPackageIsToldInWordsWithTheWayOut()
    {
        using var agent = Agent(
            OperatorReply.Of(
                OperatorOutcome.Refused, "not-activated", ("release", "20210606-2020-0007"), ("reason", "clock-drift"),
                ("waivable", "later"), ("waivable_from", "2021-06-06T20:10:00-05:00")));
        Assert.Equal(ExitCode.No, Run("releases", "activate", "20210606-2020-0007", "--reason", "prueba"));
        Assert.Contains("this host's clock is too far off", hearing.Errors, StringComparison.Ordinal);
        Assert.Contains("chronyc makestep", hearing.Errors, StringComparison.Ordinal);
        Assert.Contains("from 6 June 2021, 20:10 (UTC-5) on", hearing.Errors, StringComparison.Ordinal);
        Assert.Contains("--waive clock-drift", hearing.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void AnElectionThatIsOverIsWarnedAbout()
    {
        folder.Write("agent.yaml", "election: ieem-2021\npaths: {drop: d, receipts: r, state: s, run: run}\n");
        Assert.Equal(ExitCode.Done, Run("config", "validate"));
        Assert.Contains("the election ieem-2021 is over", hearing.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, Run("config", "validate", "--json"));
        Assert.Contains("\"election-over\"", hearing.Output, StringComparison.Ordinal);
    }

    ControlSocket Agent(OperatorReply reply) => ControlSocket.Open(
        folder["run"], signal =>
        {
            var request = (OperatorRequest)signal;
            asked.Add(request.Action);
            request.Answer(reply);
        }, _ => true);

    ExitCode Run(params string[] arguments) => hearing.Run([.. arguments, "--config", folder["agent.yaml"]]);

    public void Dispose() => folder.Dispose();
}
