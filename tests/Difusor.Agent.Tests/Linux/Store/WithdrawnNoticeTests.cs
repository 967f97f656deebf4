using Difusor.Agent.Events;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Linux;

/// <summary>The notice page says what is true, and its change is no alteration.</summary>
public sealed class WithdrawnNoticeTests
{
    static void Withdraw(StoreNight night, Release live)
    {
        night.Store.Choose(Root.Public, new OperatorChoice(null, live.Rank, Hold: true, "prueba", night.Now));
        night.Store.Withdraw(Root.Public);
    }

    [Fact]
    public void AfterAWithdrawalTheNoticeSaysSoUntilTheOperatorDecidesOtherwise()
    {
        using var night = new StoreNight();
        Withdraw(night, night.Publish(0, StoreNight.Site(3)));
        Assert.Equal(StoreNight.Withdrawn, night.Served()["index.html"]);
        night.Reopen();
        Assert.Equal(StoreNight.Withdrawn, night.Served()["index.html"]);
        night.Store.Choose(Root.Public, null);
        Assert.Equal(StoreNight.Notice, night.Served()["index.html"]);
    }

    [Fact]
    public void TheSentinelKnowsTheNoticeOfAWithdrawal()
    {
        using var night = new GuardedNight(StoreNight.Site(3), StoreNight.Site(3, " otra"));
        Withdraw(night.Night, night.Live);
        night.TamperResponder.Follow();
        // What the watch tells of the withdrawal comes before what it tells of this.
        File.WriteAllText(Path.Combine(night.Night.Folders.Public, "notice", "index.html"), "evil");
        night.Until(EventCode.TamperHealed);
        Assert.Single(night.Events, happened => happened.Code == EventCode.TamperDetected);
        Assert.Equal(StoreNight.Withdrawn, night.Night.Served()["index.html"]);
    }
}
