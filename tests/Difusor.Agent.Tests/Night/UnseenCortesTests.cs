using Difusor.Agent.Events;

namespace Difusor.Agent.Tests.Night;

/// <summary>What the pages of a series lack they lack at each corte: it is told once a night.</summary>
public sealed class UnseenCortesTests
{
    [Fact]
    public void ItIsToldOnceOfASeriesAlsoOverARestart()
    {
        var night = NightScene.Open();
        Start(night, "ieem-2021");
        Assert.True(night.Troubles.Unseen.IsNews("20210606_2020_PREP_DIP.zip"));
        Tell(night, "20210606_2020_PREP_DIP.zip");
        Assert.False(night.Troubles.Unseen.IsNews("20210606_2040_PREP_DIP.zip"));
        Assert.True(night.Troubles.Unseen.IsNews("20210606_2040_PREP_AYUN.zip"));
        night.Restart();
        Start(night, "ieem-2021");
        Assert.False(night.Troubles.Unseen.IsNews("20210606_2100_PREP_DIP.zip"));
    }

    [Fact]
    public void PackagesWithoutASeriesAreOne()
    {
        var night = NightScene.Open();
        Tell(night, "entrega");
        Assert.False(night.Troubles.Unseen.IsNews("otra"));
        Assert.True(night.Troubles.Unseen.IsNews("20210606_2040_PREP_AYUN"));
    }

    [Fact]
    public void AnotherElectionsNightIsAnother()
    {
        var night = NightScene.Open();
        Start(night, "ieem-2021");
        Tell(night, "20210606_2020_PREP");
        Start(night, "ieem-2024");
        Assert.True(night.Troubles.Unseen.IsNews("20240602_2020_PREP"));
    }

    static void Start(NightScene night, string election) => night.Recorder.Record(
        new AgentStarted("0", election, 1, null, null, null, null, null, null), night.Now);

    static void Tell(NightScene night, string package) => night.Recorder.Record(
        new CorteNotShown(package, new Corte(NightScene.At("20:20")), null), night.Now);
}
