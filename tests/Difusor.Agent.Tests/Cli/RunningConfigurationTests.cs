using Difusor.Agent.Cli;
using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Tests.Conformity;
using Difusor.Agent.Tests.Linux;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Cli;

/// <summary>
/// A corrected file was said to be fine, and nobody said that the running agent still had the one before.
/// </summary>
public sealed class RunningConfigurationTests : IDisposable
{
    const string Reload = "difusor-agent config reload";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory, InlineData("validate"), InlineData("status")]
    public void WhoeverChangesTheFileIsToldToReloadIt(string command)
    {
        var file = Write("4m");
        Runs(Digest(file));
        Assert.DoesNotContain(Reload, Said(command, file), StringComparison.Ordinal);
        Write("5m");
        Assert.Contains($"{Reload} --config {file}", Said(command, file), StringComparison.Ordinal);
    }

    /// <summary>The profile is a file of its own.</summary>
    [Fact]
    public void AChangedProfileCountsAsAChangedFileDoes()
    {
        var configured = ConformityRulesTests.Defaults;
        var running = ConfigurationDigest.Of(configured);
        Assert.False(ConfigurationDigest.Differs(configured, running));
        var later = configured with { Profile = configured.Profile with { Title = "Otra" } };
        Assert.True(ConfigurationDigest.Differs(later, running));
    }

    /// <summary>What an agent of an earlier version works with is not known, and nothing runs after a stop.</summary>
    [Fact]
    public void NothingIsSaidWithoutAnAgentThatSaysWhatItHas()
    {
        var file = Write("5m");
        Assert.DoesNotContain(Reload, Said("validate", file), StringComparison.Ordinal);
        Runs(null);
        Assert.DoesNotContain(Reload, Said("validate", file), StringComparison.Ordinal);
        Runs("other", pid: int.MaxValue);
        Assert.DoesNotContain(Reload, Said("validate", file), StringComparison.Ordinal);
    }

    [Fact]
    public void CheckSaysItToo()
    {
        var host = ConformityRulesTests.Nothing with
        {
            Agent = new AgentFacts(
                true, true, "1.0", "difusor-agent", ConformityRulesTests.Status with { ConfigurationSha256 = "other" }),
        };
        var row = PublicationRules.Rows(host, ConformityRulesTests.Defaults).Single(row => row.Id == "agent-running");
        Assert.Equal((Standing.Warn, Reload), (row.Standing, row.Command));
    }

    string Write(string rescan) => folder.Write(
        "agent.yaml", $"election: ieem-2021\npaths: {{run: {folder.Path}, state: {folder.Path}}}\n"
        + $"sentinel: {{rescan: {rescan}}}\n");

    static string Digest(string file) => ConfigurationDigest.Of(
        Difusor.Agent.Linux.Host.ConfigurationFiles.Load(file).Value!);

    void Runs(string? digest, int? pid = null) => folder.Write("status.json", Encoding.UTF8.GetString(
        (ConformityRulesTests.Status with
        {
            Pid = pid ?? Environment.ProcessId, WrittenAt = DateTimeOffset.UtcNow, ConfigurationSha256 = digest,
        }).ToJson()));

    /// <summary>Returns all that a command says.</summary>
    static string Said(string command, string file)
    {
        var hearing = new Hearing(Language.Es);
        string[] words = command == "validate" ? ["config", "validate"] : [command];
        Assert.Equal(ExitCode.Done, hearing.Run([.. words, "--config", file]));
        return hearing.Output + hearing.Errors;
    }
}
