using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Night;

namespace Difusor.Agent.Tests.Night;

/// <summary>What lies in the drop and is no delivery is told once, and so is its end.</summary>
public sealed class IgnoredWatchTests
{
    static NightScene Open()
    {
        var night = new NightScene("20:01");
        night.Poll();
        return night;
    }

    static void Lies(NightScene night, params string[] names)
    {
        night.Sight = new DropSight([], [.. names.Select(name => Entry(name))]);
        night.Turn();
    }

    static IgnoredEntry Entry(string name, bool isQuiet = true) => new(
        name, NoDelivery.OfName(new RawPath(name), LeftoverNames.BuiltIn)!.Value, NightScene.At("20:00"), isQuiet);

    static string[] Many(int count) => [.. Enumerable.Range(0, count).Select(number => $"{number:D3}.bin")];

    static string Told(NightScene night) => string.Join(
        ' ', night.Journal.Records.Select(record => record.Happened).OfType<DeliveryIgnored>()
            .Select(told => $"{told.Entry}:{told.Cause}:{told.Entries}"));

    [Fact]
    public void EachEntryIsToldOnceAndEndsWhenItIsGone()
    {
        var night = Open();
        Lies(night, "a.bin", "index.html");
        night.Turn();
        Assert.Equal("a.bin:NotAPackage: index.html:LooseFiles:", Told(night));
        Assert.Equal(["DELIVERY_IGNORED", "DELIVERY_IGNORED"], night.Wrong);
        Lies(night, "index.html");
        Assert.Equal(
            (Trouble.Ignored, "a.bin", TroubleEndCause.Gone),
            (night.Last<TroubleEnded>().Trouble, night.Last<TroubleEnded>().Subject, night.Last<TroubleEnded>().Cause));
        Assert.Equal(["DELIVERY_IGNORED"], night.Wrong);
        Lies(night);
        Assert.Empty(night.Wrong);
        Assert.Equal((2, 2), (night.Count(EventCode.DeliveryIgnored), night.Count(EventCode.TroubleEnded)));
        Assert.Equal(4, night.Notices.Count);
    }

    [Fact]
    public void WhatTheAgentMayNotOpenIsToldWithTheServiceThatOpensIt()
    {
        var night = Open();
        night.Sight = new DropSight([], [
            new IgnoredEntry("P", IgnoredCause.Unreadable, NightScene.At("20:00"), true), Entry("a.bin")]);
        night.Turn();
        Assert.Equal(
            ["systemctl restart difusor-agent-entrega; difusor-agent journal show --event DELIVERY_IGNORED",
                "difusor-agent journal show --event DELIVERY_IGNORED"],
            night.Troubles.Troubles.Select(trouble => trouble.Command));
        Assert.Contains("el agente no puede abrirlo", night.Troubles.Troubles[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNotQuietYetIsNotToldAndWhatWasToldAndChangesIsNotOver()
    {
        var night = Open();
        night.Sight = new DropSight([], [Entry("a.bin", isQuiet: false)]);
        night.Turn();
        Assert.Empty(night.Wrong);
        Assert.Empty(night.Status().Ignored);
        Lies(night, "a.bin");
        night.Sight = new DropSight([], [Entry("a.bin", isQuiet: false)]);
        night.Turn();
        Assert.Equal(["DELIVERY_IGNORED"], night.Wrong);
    }

    [Fact]
    public void ARestartTellsNothingAgainAndEndsNothingBeforeTheFirstLook()
    {
        var night = Open();
        Lies(night, "a.bin");
        night.Sight = new DropSight([], default);
        night.Restart();
        night.Turn();
        Assert.Equal(["DELIVERY_IGNORED"], night.Wrong);
        Lies(night, "a.bin");
        Assert.Equal(1, night.Count(EventCode.DeliveryIgnored));
        Lies(night);
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void ManyAreToldTogetherAndTheEndIsThatOfTheLast()
    {
        var night = Open();
        Lies(night, [.. Many(500), "index.html"]);
        Assert.Equal("index.html:LooseFiles:501", Told(night));
        night.Restart();
        Lies(night, Many(20));
        Assert.Equal(["DELIVERY_IGNORED"], night.Wrong);
        Lies(night);
        Assert.Empty(night.Wrong);
        Assert.Equal((1, 1), (night.Count(EventCode.DeliveryIgnored), night.Count(EventCode.TroubleEnded)));
        Assert.Null(night.Last<TroubleEnded>().Subject);
    }

    [Fact]
    public void WhatComesToSomeThatWereToldIsToldTogetherOnceTheyAreMany()
    {
        var night = Open();
        Lies(night, Many(IgnoredWatch.MostAlone));
        Lies(night, Many(IgnoredWatch.MostAlone + 5));
        Assert.Equal(IgnoredWatch.MostAlone + 1, night.Count(EventCode.DeliveryIgnored));
        Assert.Equal(5, night.Last<DeliveryIgnored>().Entries);
        Lies(night, Many(IgnoredWatch.MostAlone));
        Assert.Equal(IgnoredWatch.MostAlone, night.Wrong.Count());
    }

    [Fact]
    public void ASenderWhoChangesNamesWithoutEndDoesNotFillTheJournal()
    {
        var night = Open();
        for (var round = 0; round < 100; round++) Lies(night, $"{round}.bin");
        Assert.Equal(IgnoredWatch.MostAtOnce, night.Count(EventCode.DeliveryIgnored));
        night.To("20:03");
        Assert.Equal(IgnoredWatch.MostAtOnce + 1, night.Count(EventCode.DeliveryIgnored));
    }

    [Fact]
    public void TheStatusListsTheFirstAndCountsAll()
    {
        var night = Open();
        Lies(night, Many(80));
        var status = night.Status();
        Assert.Equal((50, 80), (status.Ignored.Count, status.IgnoredTotal));
        Assert.Equal(("000.bin", "not-a-package"), (status.Ignored[0].Entry, status.Ignored[0].Cause));
        Assert.Equal(80, AgentStatus.Read(status.ToJson())!.IgnoredTotal);
    }

    [Fact]
    public void InARehearsalItIsOfTheRehearsal()
    {
        var night = new NightScene("2021-05-31T12:00:00");
        night.Poll();
        Lies(night, "a.bin");
        Assert.Equal(Root.Rehearsal, night.Last<DeliveryIgnored>().Root);
    }
}
