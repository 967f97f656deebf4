namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// When a link was swapped in: a rename sets its change time, by the kernel's own clock with a grain of a few
/// milliseconds.
/// </summary>
static class SwapTime
{
    public static DateTimeOffset Of(string link) => Mono.Unix.Native.Syscall.lstat(link, out var found) == 0
        ? DateTimeOffset.FromUnixTimeSeconds(found.st_ctime).AddTicks(found.st_ctime_nsec / 100)
            : throw new IOException(link);
}
