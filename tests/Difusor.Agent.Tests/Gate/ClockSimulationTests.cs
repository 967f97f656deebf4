namespace Difusor.Agent.Tests.Gate;

/// <summary>
/// DIFUSOR_NIGHTS says how many (<c>make simulate</c>: 10,000), DIFUSOR_SEED where they begin; a night's seed alone
/// plays it again.
/// </summary>
public class ClockSimulationTests(ITestOutputHelper output)
{
    static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value
        : otherwise;

    [Fact]
    public void NoNightOpensEarlyAndEachBoundHoldsTrueTimeWhileAMajorityIsHonest()
    {
        int nights = Setting("DIFUSOR_NIGHTS", 200), first = Setting("DIFUSOR_SEED", 20210606);
        var played = Enumerable.Range(first, nights).AsParallel().Select(seed =>
        {
            var night = new SimulatedNight(seed);
            night.Run();
            return night;
        }).ToArray();

        var delays = played.Where(night => night.OpenedAfter is not null)
            .Select(night => night.OpenedAfter!.Value.TotalMilliseconds).Order().ToArray();
        output.WriteLine($"{nights} nights, seeds {first} to {first + nights - 1}: {delays.Length} opened, "
            + $"{delays[0]:F1} ms to {delays[^1]:F1} ms after the opening (median {delays[delays.Length / 2]:F1} ms); "
            + $"{played.Count(night => night.Liars > 0)} with liars, {played.Count(night => night.NamedLiars.Any())} "
            + $"named some");
        Assert.Empty(
            played.Where(night => night.Broken is not null).Select(night => $"seed {night.Seed}: {night.Broken}"));
        Assert.True(delays.Length > nights / 2);
    }
}
