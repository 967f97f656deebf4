using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

/// <summary>What is told of deliveries, and what is held back and counted.</summary>
public sealed class TellingBudgetTests
{
    const long Second = 1_000_000_000, Start = 100 * Second;
    static readonly RawPath Name = new("P");

    static TellingBudget TwoAtOnce() => new(DropLayout.Packages, most: 2, aMinute: 60);

    [Fact]
    public void AnAnnouncementThatIsLeftOutIsCountedInTheNextVerdictThatIsTold()
    {
        var telling = TwoAtOnce();
        Assert.True(telling.TakeAnnouncement(hasClaim: false, Start));
        Assert.False(telling.TakeAnnouncement(hasClaim: false, Start));
        Assert.True(telling.TakeAnnouncement(hasClaim: true, Start));
        Assert.Equal((1, 0), (telling.TellVerdict(Name, isNews: false, Start), telling.TellVerdict(Name, true, Start)));
        Assert.Equal(1, telling.PutOff);
    }

    [Fact]
    public void AnnouncementsTakeNothingFromTheVerdicts()
    {
        var telling = TwoAtOnce();
        while (telling.TakeAnnouncement(hasClaim: true, Start)) { }
        Assert.True(telling.HasVerdict(hasClaim: false, Start));
        Assert.True(telling.TakeVerdict(hasClaim: false, Start));
        Assert.False(telling.TakeVerdict(hasClaim: false, Start));
        Assert.Equal(Start + Second, telling.NextVerdict(hasClaim: false, Start));
    }

    [Fact]
    public void AVerdictThatIsPutOffCountsForThePauseOfItsEntry()
    {
        var telling = TwoAtOnce();
        Assert.Equal(0, telling.PutVerdictOff(Name, Start));
        Assert.Equal(0, telling.PutVerdictOff(Name, Start));
        Assert.Equal(Start + (10 * Second), telling.PutVerdictOff(Name, Start));
        Assert.Equal((3, Start + (10 * Second)), (telling.PutOff, telling.NotBefore(Name)));
    }

    [Fact]
    public void AnEntryIsBusyAfterSixVerdictsUntilItBringsNews()
    {
        var telling = TwoAtOnce();
        for (var verdict = 0; verdict < 5; verdict++) telling.TellVerdict(Name, isNews: false, Start);
        Assert.False(telling.IsBusy(Name));
        telling.TellVerdict(Name, isNews: false, Start);
        Assert.True(telling.IsBusy(Name));
        telling.TellVerdict(Name, isNews: true, Start);
        Assert.False(telling.IsBusy(Name));
        Assert.Equal(0, telling.NotBefore(Name));
    }

    [Fact]
    public void AfterARetryEverythingMayBeToldAtOnce()
    {
        var telling = TwoAtOnce();
        for (var verdict = 0; verdict < 9; verdict++) telling.PutVerdictOff(Name, Start);
        while (telling.TakeVerdict(hasClaim: true, Start) | telling.TakeAnnouncement(hasClaim: true, Start)) { }
        telling.StartAfresh(DropLayout.Packages);
        Assert.Equal(0, telling.NotBefore(Name));
        Assert.True(telling.TakeVerdict(hasClaim: false, Start));
        Assert.True(telling.TakeAnnouncement(hasClaim: false, Start));
    }
}
