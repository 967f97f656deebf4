using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Difusor.Agent.Packages;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux;

/// <summary>
/// Runs <c>notify.command</c>, one at a time on a thread of its own: the event as one line of JSON on standard input. Whoever tells it never
/// waits; a command that hangs is ended after <see cref="Patience"/>, one that runs while the agent stops at once, and of too many only the
/// newest are run. What it says is thrown away, but for the beginning of its errors.
/// </summary>
sealed class NotifyCommand : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    const int Most = 32, MostErrors = 1 << 10;
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    readonly BlockingCollection<string> waiting = new(new ConcurrentQueue<string>());
    readonly CancellationTokenSource ending = new();
    readonly Action<string> complain;
    readonly GuardedThread thread;
    readonly string command;
    readonly TimeSpan patience;

    /// <param name="complain">Told what went wrong: the command's own exit, or that it was ended.</param>
    public NotifyCommand(string command, Action<string> complain, TimeSpan? patience = null)
    {
        (this.command, this.complain, this.patience) = (command, complain, patience ?? Patience);
        thread = new GuardedThread(BoundaryPoint.Notify, "notify", Run);
        thread.Start();
    }

    /// <summary>Hands an event over. Any thread; returns at once.</summary>
    public void Tell(string json)
    {
        while (waiting.Count >= Most && waiting.TryTake(out _)) { }
        if (!ending.IsCancellationRequested) waiting.Add(json);
    }

    void Run()
    {
        try
        {
            foreach (var json in waiting.GetConsumingEnumerable(ending.Token))
                Boundary.Run(BoundaryPoint.NotifyEvent, () => TryStart(json));
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
    }

    void TryStart(string json)
    {
        try { Start(json); }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
        {
            complain(fault.Message);
        }
    }

    void Start(string json)
    {
        // In a session of its own, so that it is ended with all that it began; its output goes nowhere, or it would fill the agent's log.
        string[] shell = ["/bin/sh", "-c", "exec /bin/sh -c \"$0\" >/dev/null", command];
        var setsid = BoundedProgram.OfHost().Find("setsid");
        var start = new ProcessStartInfo(setsid ?? shell[0], setsid is null ? shell[1..] : shell)
        {
            RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"notify.command could not be started: {command}");
        var errors = new byte[MostErrors];
        var reading = ReadAsync(process.StandardError.BaseStream, errors);
        try
        {
            process.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(json + "\n"));
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not read to the end, and need not.
        }
        if (!Ended(process))
        {
            _ = Syscall.kill(-process.Id, Signum.SIGKILL);
            process.Kill(entireProcessTree: true);
            if (!ending.IsCancellationRequested) complain($"notify.command took longer than {patience.TotalSeconds:0} s and was ended{Said(reading, errors)}");
        }
        else if (process.ExitCode != 0) complain($"notify.command ended with {process.ExitCode}{Said(reading, errors)}");
    }

    bool Ended(Process process)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        limit.CancelAfter(patience);
        try
        {
            process.WaitForExitAsync(limit.Token).GetAwaiter().GetResult();
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    static string Said(Task reading, byte[] errors)
    {
        // What it left running may hold its errors open.
        reading.Wait(Moment);
        return Encoding.UTF8.GetString(errors).TrimEnd('\0').Trim() is { Length: > 0 } text ? $": {Printable.Of(text, MostErrors)}" : "";
    }

    /// <summary>To the end, so that a command that says much does not wait for a reader.</summary>
    static async Task ReadAsync(Stream stream, byte[] kept)
    {
        await using var all = stream;
        var buffer = new byte[4 << 10];
        for (int count, length = 0; (count = await stream.ReadAsync(buffer)) > 0; length = Math.Min(kept.Length, length + count))
            buffer.AsSpan(0, Math.Min(count, kept.Length - length)).CopyTo(kept.AsSpan(length));
    }

    public void Dispose()
    {
        ending.Cancel();
        thread.Join(TimeSpan.FromSeconds(1));
        waiting.Dispose();
        ending.Dispose();
    }
}
