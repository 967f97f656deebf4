using System.Diagnostics;
using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// System calls of a running process that fail from now on (strace attaches to it), until this is disposed of.
/// </summary>
sealed class InjectedFault : IDisposable
{
    readonly Process strace;

    internal InjectedFault(int process, string error, params string[] calls)
    {
        var start = new ProcessStartInfo(
            "strace", ["-f", "-p", $"{process}", "-o", "/dev/null", "-e", $"trace={string.Join(',', calls)}",
            "-e", $"inject={string.Join(',', calls)}:error={error}"]) { RedirectStandardError = true };
        strace = Process.Start(start)!;
        var said = "";
        while (Bounded.Line(strace.StandardError, $"strace attached; it said {said}") is { } line)
        {
            said += line;
            if (line.Contains("attached", StringComparison.Ordinal)) break;
        }
        if (strace.WaitForExit(0)) Assert.Skip($"strace may not attach here: {said}");
        _ = strace.StandardError.ReadToEndAsync();
    }

    public void Dispose()
    {
        Syscall.kill(strace.Id, Signum.SIGINT); // detaches
        Bounded.Ended(strace);
        strace.Dispose();
    }
}
