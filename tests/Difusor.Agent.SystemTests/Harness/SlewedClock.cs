using System.Diagnostics;

namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// Clocks that are slewed as chronyd slews them, and CLOCK_MONOTONIC_RAW beside them true: slewed_clock.c, compiled
/// here.
/// </summary>
sealed class SlewedClock : IDisposable
{
    readonly string library = Path.Combine(Directory.CreateTempSubdirectory("slewed-").FullName, "slewed_clock.so");

    public SlewedClock()
    {
        using var stream = typeof(SlewedClock).Assembly.GetManifestResourceStream("slewed_clock.c")!;
        var start = new ProcessStartInfo(
            "clang", [
            "-shared", "-fPIC", "-O1", "-x", "c", "-o", library, "-", "-ldl"]) { RedirectStandardInput = true };
        using var compiler = Process.Start(start)!;
        stream.CopyTo(compiler.StandardInput.BaseStream);
        compiler.StandardInput.Close();
        Assert.Equal(0, Bounded.Ended(compiler));
    }

    /// <summary>
    /// A command to run the process under, whose clocks run at <paramref name="rate"/> times their rate from its start
    /// on.
    /// </summary>
    public string[] Wrapper(double rate) =>
        ["env", $"LD_PRELOAD={library}", string.Create(CultureInfo.InvariantCulture, $"SLEW={rate}")];

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(library)!, recursive: true);
}
