namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// A system clock that can be set while a process runs (faketime, by a file that it reads at each look); its other
/// clocks go on as they are.
/// </summary>
sealed class MovableClock : IDisposable
{
    readonly string file = Path.GetTempFileName();

    /// <summary>
    /// The library keeps a semaphore and a memory under its process's number in /dev/shm, and ends the process where
    /// those of an earlier process of that number, killed, still lie there. The shell's number is that of what it
    /// becomes.
    /// </summary>
    static readonly string[] Unshared =
        ["sh", "-c", "rm -f /dev/shm/sem.faketime_sem_$$ /dev/shm/faketime_shm_$$; exec env \"$@\"", "faketime"];

    public MovableClock() => Set("+0s");

    /// <summary>
    /// A command to run a process under, with all of its clocks shifted once and for all. Not the program faketime,
    /// which would stay in between: a signal to it does not reach the agent.
    /// </summary>
    public static string[] Shifted(string offset) => [.. Unshared, $"LD_PRELOAD={Library()}", $"FAKETIME={offset}"];

    /// <summary>A command to run the process under.</summary>
    public string[] Wrapper =>
    [
        .. Unshared, $"LD_PRELOAD={Library()}", $"FAKETIME_TIMESTAMP_FILE={file}", "FAKETIME_NO_CACHE=1",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
    ];

    /// <summary>
    /// Off by so much from now on: <c>+1d</c>, <c>-5s</c>. Replaced whole, for it is read at any time.
    /// </summary>
    public void Set(string offset)
    {
        File.WriteAllText(file + ".new", offset + "\n");
        File.Move(file + ".new", file, overwrite: true);
    }

    public void Dispose() => File.Delete(file);

    static string Library() =>
        new[] { "/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib64/faketime", "/usr/lib/faketime" }
            .Select(folder => Path.Combine(folder, "libfaketime.so.1")).First(File.Exists);
}
