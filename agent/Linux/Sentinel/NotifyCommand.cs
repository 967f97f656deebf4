using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Difusor.Agent.Linux;

/// <summary>
/// Runs <c>notify.command</c>, one at a time on a thread of its own: the event as one line of JSON on standard input. Whoever tells it never
/// waits; a command that hangs is ended after <see cref="Patience"/>, and of too many only the newest are run.
/// </summary>
sealed class NotifyCommand : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    const int Most = 32;

    readonly BlockingCollection<string> waiting = new(new ConcurrentQueue<string>());
    readonly CancellationTokenSource ending = new();
    readonly Action<string> complain;
    readonly Thread thread;
    readonly string command;
    readonly TimeSpan patience;

    /// <param name="complain">Told what went wrong: the command's own exit, or that it was ended.</param>
    public NotifyCommand(string command, Action<string> complain, TimeSpan? patience = null)
    {
        (this.command, this.complain, this.patience) = (command, complain, patience ?? Patience);
        thread = new Thread(Run) { Name = "notify", IsBackground = true };
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
            {
                try { Start(json); }
                catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
                {
                    complain(fault.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
    }

    void Start(string json)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardInput = true, WorkingDirectory = "/" };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"notify.command could not be started: {command}");
        try
        {
            process.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(json + "\n"));
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not read to the end, and need not.
        }
        if (!process.WaitForExit(patience))
        {
            process.Kill(entireProcessTree: true);
            complain($"notify.command took longer than {patience.TotalSeconds:0} s and was ended");
        }
        else if (process.ExitCode != 0) complain($"notify.command ended with {process.ExitCode}");
    }

    public void Dispose()
    {
        ending.Cancel();
        thread.Join(TimeSpan.FromSeconds(1));
        waiting.Dispose();
        ending.Dispose();
    }
}
