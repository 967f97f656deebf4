using Difusor.Agent.Journal;

namespace Difusor.Agent.Tests.Journal;

public sealed class FaultNoiseTests
{
    const long Second = 1_000_000_000;

    [Fact]
    public void AFaultInACircleIsToldThreeTimesAndThenEachTenMinutesWithItsCount()
    {
        var noise = FaultNoise.Silence;
        var told = new List<(long At, int Count)>();
        for (var second = 0; second <= 1800; second++)
        {
            (var count, noise) = noise.Hear("one", second * Second);
            if (count > 0) told.Add((second, count));
        }
        Assert.Equal([(0, 1), (1, 1), (2, 1), (602, 600), (1202, 600)], told);
        Assert.Equal(599, noise.Hear("one", 1802 * Second).Count); // 1203 to 1800, and this one
    }

    [Fact]
    public void AnotherKindIsToldAtOnceAndAnHourOfSilenceBeginsAgain()
    {
        var noise = FaultNoise.Silence;
        for (var time = 0; time < 5; time++) (_, noise) = noise.Hear("one", time);
        Assert.Equal(0, noise.Hear("one", 5).Count);
        Assert.Equal(1, noise.Hear("other", 5).Count);
        (var first, noise) = noise.Hear("one", 3601 * Second);
        Assert.Equal(3, first); // the two that were not told, and this one
        Assert.Equal(1, noise.Hear("one", 3601 * Second + 1).Count);
    }

    [Fact]
    public void KindsWithoutEndAreNotRememberedWithoutEnd()
    {
        var noise = FaultNoise.Silence;
        for (var kind = 0; kind < 10 * FaultNoise.MostKinds; kind++)
            for (var time = 0; time < 4; time++) (_, noise) = noise.Hear($"{kind}", kind * 10 + time);
        // The oldest was forgotten, and is told as new; the newest is not.
        Assert.Equal(1, noise.Hear("0", 10_000).Count);
        Assert.Equal(0, noise.Hear($"{10 * FaultNoise.MostKinds - 1}", 10_000).Count);
    }

    [Fact]
    public void ThePauseGrowsFromNothingToTenSeconds()
    {
        var (pause, lengths) = (FaultPause.None, new List<double>());
        for (var fault = 0; fault < 12; fault++) lengths.Add((pause = pause.After()).Length.TotalSeconds);
        Assert.Equal([0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10, 10], lengths);
        Assert.Equal(TimeSpan.Zero, FaultPause.None.Length);
    }

    [Fact]
    public void AFaultNamesItsMethodsOnOneLineAndNoMoreThanTwenty()
    {
        var fault = Assert.Throws<InvalidTimeZoneException>(() => Deep(60));
        var told = Faults.Of(fault, "receiving-look", "receiving", "PREP.zip", 1);
        Assert.Equal("System.InvalidTimeZoneException", told.Kind);
        Assert.StartsWith("Tests.Journal.FaultNoiseTests.Deep < ", told.Methods, StringComparison.Ordinal);
        Assert.Equal(20, told.Methods.Split(" < ").Length);
        Assert.DoesNotContain('\n', told.ToString());
        Assert.Equal("a\\x0ab", told.Message);
        Assert.Contains("PREP.zip", told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ACauseThatIsWrappedIsNamedFirst()
    {
        var failed = Task.Run(() => Deep(1));
        Assert.ThrowsAny<Exception>(() => Bounded.Ended(failed, "the fault"));
        var fault = failed.Exception!;
        var told = Faults.Of(fault, "loop", null, null, 2);
        Assert.Equal(("System.InvalidTimeZoneException", "pool"), (told.Kind, told.Thread));
        Assert.Contains("FaultNoiseTests.Deep", told.Methods.Split(" < ")[0], StringComparison.Ordinal);
    }

    static int Deep(int levels) => levels == 0 ? throw new InvalidTimeZoneException("a\nb") : Deep(levels - 1) + 1;
}
