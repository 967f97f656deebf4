namespace Difusor.Agent.Tests.Linux;

/// <summary>Contract, section 8: no ETag and no Last-Modified ever stands for two bodies of one path.</summary>
public sealed class ModificationTimeTests : IDisposable
{
    readonly StoreNight night = new();

    public void Dispose() => night.Dispose();

    [Fact]
    public void ForwardAChangedPathIsNewerThanAllThatWasLiveAndAnUnchangedOneKeepsItsTime()
    {
        night.Publish(0, StoreNight.Site(5));
        var before = Times();
        night.Publish(20, StoreNight.Site(5, " 2", changedPages: 2));
        AssertHolds(before, Times(), changed: ["index.html", "seccion/000.html", "seccion/001.html"]);
    }

    [Fact]
    public void TwoCortesWithinOneSecondAreAWholeSecondApart()
    {
        night.Publish(0, StoreNight.Site(2));
        var before = Times();
        night.Store.Publish(night.Seal(20, StoreNight.Site(2, " 2", changedPages: 1)), Root.Public, night.Now);
        AssertHolds(before, Times(), changed: ["index.html", "seccion/000.html"]);
    }

    [Fact]
    public void WithTheSystemClockSetBackInBetweenTheTimesStillGoForward()
    {
        night.Publish(0, StoreNight.Site(2));
        var before = Times();
        night.Now -= TimeSpan.FromHours(5);
        night.Publish(20, StoreNight.Site(2, " 2", changedPages: 1));
        AssertHolds(before, Times(), changed: ["index.html", "seccion/000.html"]);
    }

    [Fact]
    public void AReleaseThatWasStagedBeforeAnotherBecameLiveIsTimedAgain()
    {
        night.Publish(0, StoreNight.Site(5));
        var late = night.Stage(StoreNight.Site(5, " 3", changedPages: 1));
        night.Publish(20, StoreNight.Site(5, " 2", changedPages: 3));
        var before = Times();
        night.Now += TimeSpan.FromMinutes(1);
        var sealedLate = night.Seal(late, 40);
        night.Store.Publish(sealedLate, Root.Public, night.Now);
        Assert.Equal(StoreNight.Site(5, " 3", changedPages: 1), night.Served());
        AssertHolds(
            before, Times(), changed: ["index.html", "seccion/000.html", "seccion/001.html", "seccion/002.html"]);
        Assert.Equal(Times().Values.Max(), night.Store.Live(Root.Public)!.Newest);
    }

    [Fact]
    public void GoingBackMakesANewTreeWhoseTimesGoForward()
    {
        var first = night.Publish(0, StoreNight.Site(5));
        night.Publish(20, StoreNight.Site(5, " 2", changedPages: 2));
        var before = Times();
        night.Now += TimeSpan.FromMinutes(1);
        var back = night.Store.Activate(
            first, Root.Public, night.Store.Sealed.Max(release => release.Rank), hold: false, "error", night.Now);
        Assert.Equal(StoreNight.Site(5), night.Served());
        Assert.Equal(first.Id, back.Release?.MadeFrom);
        AssertHolds(before, Times(), changed: ["index.html", "seccion/000.html", "seccion/001.html"]);
    }

    [Fact]
    public void AfterAWithdrawalTheTimesHoldAgainstWhatWasServedLast()
    {
        night.Publish(0, StoreNight.Site(2));
        var before = Times();
        night.Store.Withdraw(Root.Public);
        night.Now -= TimeSpan.FromHours(1);
        night.Publish(20, StoreNight.Site(2, " 2", changedPages: 1));
        AssertHolds(before, Times(), changed: ["index.html", "seccion/000.html"]);
    }

    Dictionary<string, long> Times() => night.Served().Keys.ToDictionary(path => path,
        path => new DateTimeOffset(File.GetLastWriteTimeUtc(Path.Combine(night.Folders.Public, "current", path)))
            .ToUnixTimeSeconds());

    static void AssertHolds(Dictionary<string, long> before, Dictionary<string, long> after, string[] changed)
    {
        foreach (var (path, time) in after)
        {
            if (changed.Contains(path))
                Assert.True(time > before.Values.Max(), $"{path}: {time} is not newer than {before.Values.Max()}");
            else Assert.Equal(before[path], time);
        }
    }
}
