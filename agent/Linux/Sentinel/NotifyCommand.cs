using System.Collections.Concurrent;
using System.Diagnostics;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// Runs <c>notify.command</c> on its own thread, once for each event and one run at a time, with the event as one line
/// of JSON on standard input. The caller never waits. A command that hangs is killed after <see cref="Patience"/>, and
/// at once when the agent stops. If too many events wait, only the newest are run. The command's output is thrown away,
/// except the beginning of its errors. The event is not on the command line, which every account can read.
/// </summary>
sealed class NotifyCommand : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    const int Most = 32, MostErrors = 1 << 10;

    /// <summary>
    /// The variable that holds the command: only its own account can read a process's environment. It is removed before
    /// the command starts.
    /// </summary>
    const string CommandName = "DIFUSOR_NOTIFY";
    const string Script = $"exec >/dev/null; eval \"unset {CommandName}; ${CommandName}\"";
    static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    readonly BlockingCollection<Notice> waiting = new(new ConcurrentQueue<Notice>());
    readonly CancellationTokenSource ending = new();
    readonly Action<string> complain;
    readonly Action<NotifyRun>? ran;
    readonly GuardedThread thread;
    readonly string command, section;
    readonly string? environment;
    readonly TimeSpan patience;
    readonly Func<Language> language;

    /// <param name="complain">Receives what went wrong: the command's exit code, or that it was killed.</param>
    /// <param name="environment">The file with more variables for the command, read at each run; null: none.</param>
    /// <param name="ran">Called after each run, on the command's thread.</param>
    /// <param name="section">The keys' section in the configuration, for messages.</param>
    /// <param name="language">Returns the language of what is wrong with that file; null: English.</param>
    public NotifyCommand(
        string command, Action<string> complain, TimeSpan? patience = null, string? environment = null,
        Action<NotifyRun>? ran = null, string section = "notify", Func<Language>? language = null)
    {
        this.language = language ?? (() => Language.En);
        (this.command, this.complain, this.patience, this.environment, this.ran, this.section) =
            (command, complain, patience ?? Patience, environment, ran, section);
        thread = new GuardedThread(BoundaryPoint.Notify, "notify", Run);
        thread.Start();
    }

    /// <summary>Queues an event for the command. Returns at once; any thread may call it.</summary>
    /// <param name="ended">Called once the command has ended, or the event was given up; null: nobody asks.</param>
    public void Tell(string json, Action<NotifyRun>? ended = null)
    {
        while (waiting.Count >= Most && waiting.TryTake(out var given)) given.Ended?.Invoke(NotifyRun.None);
        if (ending.IsCancellationRequested) ended?.Invoke(NotifyRun.None);
        else waiting.Add(new Notice(json, ended));
    }

    void Run()
    {
        try
        {
            foreach (var notice in waiting.GetConsumingEnumerable(ending.Token))
                if (!Boundary.Run(BoundaryPoint.NotifyEvent, () => TryStart(notice)))
                    Tell(notice, new NotifyRun(null, null, $"{section}.command: {EventCode.InternalFault.Id()}"));
        }
        catch (OperationCanceledException)
        {
            // The agent is stopping.
        }
    }

    void TryStart(Notice notice)
    {
        NotifyRun run;
        try { run = Start(notice.Json); }
        catch (Exception fault)
            when (fault is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
        {
            complain(fault.Message);
            run = new NotifyRun(null, Printable.Of(fault.Message), fault.Message);
        }
        Tell(notice, run);
    }

    void Tell(Notice notice, NotifyRun run)
    {
        // A run that the agent has cut short says nothing about the command.
        if (!ending.IsCancellationRequested) ran?.Invoke(run);
        notice.Ended?.Invoke(run);
    }

    NotifyRun Start(string json)
    {
        // Start it in its own session, so that it is killed together with all its children. Discard its output, because
        // it would fill the agent's log.
        string[] shell = ["/bin/sh", "-c", Script];
        var variables = Variables();
        var setsid = BoundedProgram.OfHost().Find("setsid");
        var start = new ProcessStartInfo(setsid ?? shell[0], setsid is null ? shell[1..] : shell)
        {
            RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        start.Environment[CommandName] = command;
        using var process = Process.Start(start)
            ?? throw new InvalidOperationException($"{section}.command could not be started");
        var errors = new byte[MostErrors];
        var reading = ReadAsync(process.StandardError.BaseStream, errors).MayFail();
        // Write while the command runs, not before: a long event fills the pipe of a command that does not read.
        _ = WriteAsync(process.StandardInput.BaseStream, Encoding.UTF8.GetBytes(json + "\n"));
        string? Said() =>
            NotifyCommand.Said(reading, errors, Secrets.Of(command).Concat(variables.Values), ending.Token);
        if (Ended(process))
        {
            if (process.ExitCode == 0) return new NotifyRun(0, null);
            return Failed(process.ExitCode, $"{section}.command ended with {process.ExitCode}", Said());
        }
        _ = Syscall.kill(-process.Id, Signum.SIGKILL);
        process.Kill(entireProcessTree: true);
        return ending.IsCancellationRequested ? NotifyRun.None
            : Failed(null, $"{section}.command took longer than {patience.TotalSeconds:0} s and was ended", Said());
    }

    NotifyRun Failed(int? exit, string what, string? said)
    {
        var error = said is null ? what : $"{what}: {said}";
        complain(error);
        return new NotifyRun(exit, said, error);
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

    /// <summary>
    /// Reads the variables of the file. If the file can no longer be read, reports that and returns none: the command
    /// may work without them.
    /// </summary>
    IReadOnlyDictionary<string, string> Variables()
    {
        if (environment is null) return CommandEnvironment.None.Variables;
        var read = EnvironmentFile.Read(environment, $"{section}.environment");
        if (read.Value is { } value) return value.Variables;
        complain($"{section}.environment: {read.Problems[0].In(language())}");
        return CommandEnvironment.None.Variables;
    }

    /// <summary>
    /// Returns the command's error text without the secrets that it was given; null if there is none.
    /// </summary>
    static string? Said(Task reading, byte[] errors, IEnumerable<string> secrets, CancellationToken ending)
    {
        // A child that the command left running may keep the pipe open, so do not wait for its end.
        Task.WaitAny([reading, Task.Delay(Moment, ending)], CancellationToken.None);
        return Encoding.UTF8.GetString(errors).TrimEnd('\0').Trim() is { Length: > 0 } text
            ? Printable.Of(Secrets.Without(text, secrets), MostErrors) : null;
    }

    /// <summary>Writes everything and closes the stream. The command does not have to read it all.</summary>
    static async Task WriteAsync(Stream stream, byte[] bytes)
    {
        try
        {
            await using var all = stream;
            await all.WriteAsync(bytes);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            // The command has ended, or was killed.
        }
    }

    /// <summary>Reads to the end, so that a command that writes much never blocks. Keeps only what fits.</summary>
    static async Task ReadAsync(Stream stream, byte[] kept)
    {
        await using var all = stream;
        var buffer = new byte[4 << 10];
        for (int count, length = 0; (count = await stream.ReadAsync(buffer)) > 0;
        length = Math.Min(kept.Length, length + count))
            buffer.AsSpan(0, Math.Min(count, kept.Length - length)).CopyTo(kept.AsSpan(length));
    }

    public void Dispose()
    {
        ending.Cancel();
        thread.Join(TimeSpan.FromSeconds(1));
        while (waiting.TryTake(out var left)) left.Ended?.Invoke(NotifyRun.None);
        waiting.Dispose();
        ending.Dispose();
    }

    sealed record Notice(string Json, Action<NotifyRun>? Ended);
}

/// <summary>How one run of the command went.</summary>
/// <param name="Exit">Its exit code; null if it did not end in time, or was not run to its end.</param>
/// <param name="Said">The beginning of its errors; null if there were none.</param>
/// <param name="Error">What went wrong, in a sentence; null if nothing did.</param>
sealed record NotifyRun(int? Exit, string? Said, string? Error = null)
{
    /// <summary>Gets the result of a command that was not run to its end for no fault of its own.</summary>
    public static NotifyRun None { get; } = new(null, null);

    /// <summary>Gets whether it says that somebody was told.</summary>
    public bool Delivered => Exit == 0;
}
