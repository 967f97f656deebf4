using Difusor.Agent.Events;
using Difusor.Agent.Night;

namespace Difusor.Agent.Tests.Night;

/// <summary>The configuration on disk is not the one in force: told rightly, and ended by itself.</summary>
public sealed class ConfigurationWatchTests
{
    static readonly ConfigChanged Change = new("agent.yaml", null, null, null, ["drop.settle"]);
    static readonly ConfigChanged Typo = new("agent.yaml", 3, 1, "no such key", null);

    readonly NightScene night = NightScene.Open();
    readonly ConfigurationWatch watch;

    public ConfigurationWatchTests() => watch = new ConfigurationWatch(night.Recorder, night.Troubles, night.Clock);

    [Fact]
    public void AChangeThatNobodyHasReadIsToldOnceAfterAMinute()
    {
        watch.Look(Change, night.Now);
        Assert.Empty(night.Wrong);
        night.Quietly("2021-06-06T20:01:59");
        watch.Look(Change, night.Now);
        Assert.Empty(night.Wrong);
        night.Quietly("2021-06-06T20:02:01");
        watch.Look(Change, night.Now);
        watch.Look(Change, night.Now);
        Assert.Equal(1, night.Count(EventCode.ConfigChanged));
        var told = Assert.Single(night.Troubles.Troubles);
        Assert.Contains("drop.settle", told.Message, StringComparison.Ordinal);
        Assert.EndsWith("difusor-agent config reload", told.Command, StringComparison.Ordinal);
    }

    [Fact]
    public void ATypoThatIsCorrectedAndNotReadIsNotToldAsIfItWereThere()
    {
        Reject("no such key");
        watch.Look(Typo, night.Now);
        Assert.Equal(0, night.Count(EventCode.ConfigChanged));
        watch.Look(Change, night.Now);
        var told = Assert.Single(night.Troubles.Troubles);
        Assert.DoesNotContain("no such key", told.Message, StringComparison.Ordinal);
        Assert.Contains("drop.settle", told.Message, StringComparison.Ordinal);
        watch.Look(Typo, night.Now);
        Assert.Contains("no such key", Assert.Single(night.Troubles.Troubles).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATypoThatIsTakenBackEndsTheTroubleWithoutAReload()
    {
        Reject("no such key");
        watch.Look(null, night.Now);
        watch.Look(null, night.Now);
        Assert.Empty(night.Wrong);
        Assert.Equal(1, night.Count(EventCode.TroubleEnded));
        // The same mistake once more is a new one.
        watch.Look(Typo, night.Now);
        night.Quietly("20:03");
        watch.Look(Typo, night.Now);
        Assert.Equal(["CONFIG_CHANGED"], night.Wrong);
    }

    [Fact]
    public void WhileSomebodyIsEditingTheMinuteBeginsAnew()
    {
        watch.Look(Change, night.Now);
        night.Quietly("2021-06-06T20:01:45");
        watch.Look(Typo, night.Now);
        night.Quietly("2021-06-06T20:02:30");
        watch.Look(Typo, night.Now);
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void AReloadEndsItAndALaterChangeIsToldAgain()
    {
        watch.Look(Change, night.Now);
        night.Quietly("20:03");
        watch.Look(Change, night.Now);
        night.Recorder.Record(new ConfigReloaded("agent.yaml", ["drop.settle"]), night.Now);
        Assert.Empty(night.Wrong);
        watch.Look(Change, night.Now);
        Assert.Equal(["CONFIG_CHANGED"], night.Wrong);
    }

    void Reject(string problem)
    {
        var refusal = new ConfigRejected("agent.yaml", 3, 1, problem, null);
        night.Recorder.Record(refusal, night.Now);
        watch.Rejected(refusal);
    }
}
