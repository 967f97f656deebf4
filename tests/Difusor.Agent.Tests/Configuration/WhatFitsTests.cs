using Difusor.Agent.Configuration;

namespace Difusor.Agent.Tests.Configuration;

/// <summary>What can still be read of a configuration with a mistake, so that a running agent is found.</summary>
public sealed class WhatFitsTests
{
    static Settings Read(string yaml) =>
        SettingsReader.ReadWhatFits(Encoding.UTF8.GetBytes(yaml), "/etc/difusor-agent/agent.yaml");

    [Fact]
    public void AMistakeElsewhereLeavesTheFoldersAndTheElection()
    {
        var settings = Read("election: ieem-2021\npaths: {run: /r, state: /s}\ndrop: {setle: 5s, keep: 2h}\n");
        Assert.Equal(("ieem-2021", "/r", "/s"), (settings.Election, settings.Paths.Run, settings.Paths.State));
        Assert.Equal(TimeSpan.FromHours(2), settings.Drop.Keep);
    }

    [Fact]
    public void AMistakeBesideAFolderLeavesThatFolder()
    {
        var settings = Read("election: ieem-2021\npaths:\n  run: /r\n  sate: /s\n  drop: 7\n");
        Assert.Equal(("/r", new PathSettings().State), (settings.Paths.Run, settings.Paths.State));
        Assert.Equal(new PathSettings().Drop, settings.Paths.Drop);
    }

    [Theory]
    [InlineData("drop: {settle: 10s\nlimits:\n  files: 7\n"), InlineData("\tdrop: x\n"), InlineData("drop: *x\n"),
        InlineData("language: \"es\n"), InlineData("}\n"), InlineData("drop: {settle: 10s")]
    public void OfAFileThatIsNoYamlWhatComesBeforeIsRead(string rest) =>
        Assert.Equal("/r", Read("election: ieem-2021\npaths:\n  run: /r\n" + rest).Paths.Run);

    [Theory]
    [InlineData(""), InlineData("\n"), InlineData("- a\n- b\n"), InlineData("{"), InlineData("\0"),
        InlineData("a\n\n\n\n}}}}\n")]
    public void OfAFileThatSaysNothingAllHasItsDefaults(string yaml)
    {
        var settings = Read(yaml);
        Assert.Equal(("", new PathSettings()), (settings.Election, settings.Paths));
    }

    [Fact]
    public void AProfileReadsBackAsItWasWritten()
    {
        var profile = Gate.VirtualHost.Profile;
        var read = ProfileReader.Read(Encoding.UTF8.GetBytes(ProfileWriter.ShowYaml(profile)), "profile.yaml");
        Assert.Empty(read.Problems);
        Assert.Equal(profile.Rehearsals, read.Value!.Rehearsals);
        Assert.Equal(ProfileWriter.ShowYaml(profile), ProfileWriter.ShowYaml(read.Value));
    }
}
