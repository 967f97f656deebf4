using System.ComponentModel;
using System.Diagnostics;

namespace Difusor.Agent.Linux.Host;

/// <summary>The output of a program of the host.</summary>
/// <param name="Exit">Its exit code; null where it did not end in time, or wrote too much, and was killed.</param>
/// <param name="Output">Standard output, at most <see cref="BoundedProgram.Most"/> bytes.</param>
/// <param name="Errors">Standard error, at most as many bytes.</param>
sealed record ProgramAnswer(int? Exit, string Output, string Errors)
{
    public bool Succeeded => Exit == 0;

    /// <summary>Gets the line that says most: the first of standard error, or else of standard output.</summary>
    public string FirstLine =>
        (Errors + "\n" + Output).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .FirstOrDefault() ?? "";
}

/// <summary>
/// Runs programs of the host: without a shell, in one language, and with limits on their time and their output.
/// </summary>
sealed class BoundedProgram(IReadOnlyList<string> folders)
{
    static readonly TimeSpan AfterItsEnd = TimeSpan.FromSeconds(1);

    /// <summary>Gets how many bytes a program may write to each of its two outputs.</summary>
    public int Most { get; init; } = 8 << 20;

    /// <summary>Gets how long a program may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Gets the folders where a host has its programs, and those of PATH after them, for what is installed by hand.
    /// </summary>
    public static IReadOnlyList<string> HostFolders { get; } =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)];

    public static BoundedProgram OfHost() => new(HostFolders);

    /// <summary>
    /// Returns the path of a program; null where it is not installed. For difusor-agent it is this process's own
    /// program, wherever it was started from.
    /// </summary>
    public string? Find(string name) =>
        name == "difusor-agent" ? Environment.ProcessPath
            : folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <returns>Null where there is no such program, or it cannot be started.</returns>
    public ProgramAnswer? Run(string name, params IReadOnlyList<string> arguments) => Run(name, arguments, input: null);

    /// <param name="input">What it gets on standard input; null: nothing.</param>
    public ProgramAnswer? Run(string name, IReadOnlyList<string> arguments, string? input)
    {
        if (Find(name) is not { } path) return null;
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        // A root shell without sbin in its PATH is common (su), and programs call programs. Their output is compared,
        // so it must be in one language.
        start.Environment["PATH"] = string.Join(':', HostFolders);
        start.Environment["LC_ALL"] = start.Environment["LANG"] = "C.UTF-8";
        try
        {
            using var process = Process.Start(start)!;
            if (input is not null) process.StandardInput.Write(input);
            process.StandardInput.Close();
            return Hear(process);
        }
        catch (Exception fault) when (fault is Win32Exception or IOException or InvalidOperationException)
        {
            return null;
        }
    }

    ProgramAnswer Hear(Process process)
    {
        Task<(string Text, bool Whole)> output = ReadAsync(process.StandardOutput.BaseStream),
        errors = ReadAsync(process.StandardError.BaseStream);
        var both = Task.WhenAll(output, errors).MayFail();
        // A program that writes too much is not read any more and would block for ever. So it is killed, not waited
        // for.
        var ended = IsDone(both) && both.Result.All(each => each.Whole) && IsDone(process.WaitForExitAsync());
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            Task.WaitAny([both], AfterItsEnd);
        }
        return new ProgramAnswer(ended ? process.ExitCode : null, Text(output), Text(errors));
    }

    /// <summary>Waits for a task no longer than <see cref="Patience"/>.</summary>
    bool IsDone(Task task) => Task.WhenAny(task, Task.Delay(Patience)).Result == task && task.IsCompletedSuccessfully;

    static string Text(Task<(string Text, bool Whole)> reading) =>
        reading.IsCompletedSuccessfully ? reading.Result.Text : "";

    async Task<(string Text, bool Whole)> ReadAsync(Stream stream)
    {
        using var text = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (await stream.ReadAsync(buffer) is var count and > 0)
        {
            await text.WriteAsync(buffer.AsMemory(0, count));
            if (text.Length > Most) return (Encoding.UTF8.GetString(text.GetBuffer(), 0, Most), false);
        }
        return (Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length), true);
    }
}
