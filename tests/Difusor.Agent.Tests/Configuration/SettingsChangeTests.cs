using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Tests.Configuration;

public class SettingsChangeTests
{
    static readonly Configured Now = new("/etc/difusor-agent/agent.yaml", new Settings { Election = "ieem-2021" },
        ConfigurationFiles.LoadProfile("ieem-2021", "/nowhere/agent.yaml", Position.Start).Value!);

    [Fact]
    public void NothingChangesWithoutAnEdit() =>
        Assert.Empty(
        SettingsChange.Between(Now, Now with { Settings = new Settings { Election = "ieem-2021" } }).Changed);

    [Fact]
    public void AnEditedKeyIsNamedAndTakenOver()
    {
        var change = SettingsChange.Between(Now, Now with
        {
            Settings = Now.Settings
                with { Drop = Now.Settings.Drop with { Settle = TimeSpan.FromSeconds(1) },
                Clock = Now.Settings.Clock with { Servers = ["a", "b"] } },
            Profile = Now.Profile with { Cadence = TimeSpan.FromMinutes(10) },
        });
        Assert.Equal(["drop.settle", "clock.servers", "profile.cadence"], change.Changed);
        Assert.Empty(change.NeedsRestart);
    }

    [Fact]
    public void TheOpeningDoesNotMoveUnderARunningAgent()
    {
        var change = SettingsChange.Between(
            Now, Now with { Profile = Now.Profile with { Opens = Now.Profile.Opens.AddHours(-1) } });
        Assert.True(change.OpensChanged);
    }

    [Fact]
    public void TheSameOpeningInAnotherOffsetHasMovedToo() =>
        Assert.True(
            SettingsChange.Between(
            Now, Now with { Profile = Now.Profile with { Opens = Now.Profile.Opens.ToOffset(TimeSpan.Zero) } })
            .OpensChanged);

    [Fact]
    public void AnotherFolderNeedsARestart() =>
        Assert.Equal(
            ["paths.state"],
            SettingsChange.Between(
            Now, Now with { Settings = Now.Settings with { Paths = new PathSettings { State = "/x" } } })
            .NeedsRestart);
}
