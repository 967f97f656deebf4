using System.Collections.Concurrent;
using System.Diagnostics;

namespace Difusor.Agent.Tests;

/// <summary>
/// The waits of the tests, each with an end: a fault costs a minute and not the whole run, and its failure says what
/// was awaited. The waits
/// of .NET that have none are banned here (BannedSymbols.txt). Nothing is asserted about time.
/// </summary>
static class Bounded
{
    /// <summary>Far more than anything takes that goes well.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>For a program that copies or measures much.</summary>
    static readonly TimeSpan PatienceWithPrograms = TimeSpan.FromMinutes(5);

    /// <summary>What comes through a queue, until somebody has what he wants.</summary>
    public static IEnumerable<T> Each<T>(BlockingCollection<T> queue, string awaited)
    {
        var began = Stopwatch.GetTimestamp();
        while (Patience - Stopwatch.GetElapsedTime(began) is var left && left > TimeSpan.Zero
            && queue.TryTake(out var one, left)) yield return one;
        throw TooLate(awaited);
    }

    public static T Next<T>(BlockingCollection<T> queue, string awaited) => Each(queue, awaited).First();

    /// <summary>Looks until it holds: where nothing tells of the change.</summary>
    public static void Until(Func<bool> holds, string awaited)
    {
        if (!SpinWait.SpinUntil(holds, Patience)) throw TooLate(awaited);
    }

    public static T Result<T>(Task<T> task, string awaited)
    {
        Ended(task, awaited);
        return task.GetAwaiter().GetResult();
    }

    public static void Ended(Task task, string awaited)
    {
        if (Task.WaitAny([task], Patience) < 0) throw TooLate(awaited);
        task.GetAwaiter().GetResult();
    }

    public static void Ended(Thread thread)
    {
        if (!thread.Join(Patience)) throw TooLate($"the end of the thread {thread.Name}");
    }

    public static void Set(WaitHandle handle, string awaited)
    {
        if (!handle.WaitOne(Patience)) throw TooLate(awaited);
    }

    /// <summary>Waits until a process has ended; one that does not is ended with its children.</summary>
    /// <returns>Its exit code.</returns>
    public static int Ended(Process process, TimeSpan? patience = null)
    {
        if (!process.WaitForExit(patience ?? Patience)) throw Killed(process);
        return process.ExitCode;
    }

    /// <summary>The next line that a process writes; null at its end.</summary>
    public static string? Line(StreamReader from, string awaited) => Result(from.ReadLineAsync(), awaited);

    /// <summary>Runs a program to its end.</summary>
    public static (int ExitCode, string Output, string Errors) Run(string program, params string[] arguments) =>
        Run(new ProcessStartInfo(program, arguments));

    public static (int ExitCode, string Output, string Errors) Run(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (true, true, true);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        // To the end of what it says, which a child of its own may hold open.
        if (!Task.WaitAll([output, errors], PatienceWithPrograms)) throw Killed(process);
        return (Ended(process), output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }

    static InvalidOperationException Killed(Process process)
    {
        var what = $"the end of {process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)}";
        try { process.Kill(entireProcessTree: true); }
        catch (InvalidOperationException) { } // it has just ended
        return TooLate(what);
    }

    static InvalidOperationException TooLate(string awaited) => new($"awaited in vain: {awaited}");
}
