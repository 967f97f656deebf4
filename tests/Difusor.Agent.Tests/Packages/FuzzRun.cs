using System.Diagnostics;

namespace Difusor.Agent.Tests.Packages;

/// <summary>
/// How often a parser gets what is spoiled: a few thousand times, the same each time. New ones for so long with
/// <c>DIFUSOR_FUZZ_SECONDS</c> (<c>make fuzz</c>), or so often with <c>DIFUSOR_FUZZ_EXECUTIONS</c> (<c>make
/// fuzz-executions</c>).
/// </summary>
sealed class FuzzRun
{
    readonly double most, seconds;
    readonly Stopwatch watch = Stopwatch.StartNew();

    /// <param name="usual">How often, where nothing is asked for.</param>
    /// <param name="seed">Of the same ones each time.</param>
    /// <param name="sharing">How many parsers share the seconds.</param>
    public FuzzRun(int usual, int seed, int sharing = 1)
    {
        var (time, times) = (Asked("DIFUSOR_FUZZ_SECONDS"), Asked("DIFUSOR_FUZZ_EXECUTIONS"));
        seconds = (time ?? double.PositiveInfinity) / sharing;
        most = times ?? (time is null ? usual : double.PositiveInfinity);
        Random = new Random((time ?? times) is null ? seed : Environment.TickCount);
    }

    public Random Random { get; }
    public long Read { get; private set; }
    public long Good { get; set; }

    /// <summary>Counts one more; false where it was often or long enough.</summary>
    public bool Next()
    {
        if (Read >= most || watch.Elapsed.TotalSeconds >= seconds) return false;
        Read++;
        return true;
    }

    public void Tell(string what)
    {
        var good = Good > 0 ? $", {Good} of them good" : "";
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{what}: {Read} read{good}, {Read / watch.Elapsed.TotalSeconds:0} a second");
    }

    static double? Asked(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } asked
            ? double.Parse(asked, CultureInfo.InvariantCulture) : null;
}
