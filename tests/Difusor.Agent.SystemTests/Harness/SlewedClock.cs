namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// Clocks that are slewed as chronyd slews them, and CLOCK_MONOTONIC_RAW beside them true: slewed_clock.c, compiled
/// here.
/// </summary>
sealed class SlewedClock : IDisposable
{
    readonly PreloadedLibrary library = new("slewed_clock");

    /// <summary>
    /// A command to run the process under, whose clocks run at <paramref name="rate"/> times their rate from its start
    /// on.
    /// </summary>
    public string[] Wrapper(double rate) =>
        ["env", $"LD_PRELOAD={library.Path}", string.Create(CultureInfo.InvariantCulture, $"SLEW={rate}")];

    public void Dispose() => library.Dispose();
}
