using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Tests.Sentinel;

public sealed class ProbePaceTests
{
    static readonly TimeSpan Public = TimeSpan.FromMinutes(5);

    [Fact]
    public void AllIsWellAndTheProbeKeepsItsOwnTime() =>
        Assert.Equal(Public, new ProbePace(Public).Wait(isGood: true, changed: null));

    [Theory]
    [InlineData(300, 15), InlineData(60, 15), InlineData(2, 2)]
    public void TheEndOfATroubleIsSeenSoonHoweverSeldomTheProbeAsks(int every, int expected) => Assert.Equal(
        TimeSpan.FromSeconds(expected),
        new ProbePace(TimeSpan.FromSeconds(every)).Wait(isGood: false, changed: null));

    [Theory]
    // Just after a round, and long after one: within seconds of the change.
    [InlineData(0, 2), InlineData(1.5, 2.5), InlineData(200, 201), InlineData(299.5, 300)]
    public void AChangeIsLookedAtWithinSeconds(double changed, double expected) => Assert.Equal(
        TimeSpan.FromSeconds(expected), new ProbePace(Public).Wait(isGood: true, TimeSpan.FromSeconds(changed)));

    /// <summary>Somebody alters and alters, or the site is right and wrong in turn.</summary>
    [Theory]
    [InlineData(300, 0), InlineData(60, 0), InlineData(300, 2), InlineData(60, 2), InlineData(2, 2)]
    public void ChangesWithoutEndMakeNoStorm(int seconds, int goodOneIn)
    {
        var every = TimeSpan.FromSeconds(seconds);
        var (pace, time, rounds) = (new ProbePace(every), TimeSpan.Zero, 0);
        for (; time < TimeSpan.FromHours(10); rounds++)
        {
            var isGood = goodOneIn == 0 || rounds % goodOneIn == 0;
            var waited = pace.Wait(isGood, TimeSpan.Zero);
            (time, pace) = (time + waited, pace.After(waited, isGood));
        }
        // In good times no more than three times as often as it is configured; else once in five seconds.
        Assert.InRange(rounds, 1, Math.Max(3 * (time / every), goodOneIn == 0 ? 0 : time / TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void OnceItIsQuietAgainAChangeIsLookedAtSoonAsBefore()
    {
        var pace = new ProbePace(Public);
        for (var hurried = 0; hurried < 20; hurried++)
            pace = pace.After(pace.Wait(isGood: true, TimeSpan.Zero), isGood: true);
        for (var calm = 0; calm < 5; calm++) pace = pace.After(Public, isGood: true);
        Assert.Equal(TimeSpan.FromSeconds(2), pace.Wait(isGood: true, TimeSpan.Zero));
    }
}
