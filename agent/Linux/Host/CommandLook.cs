using Difusor.Agent.Configuration;

namespace Difusor.Agent.Linux.Host;

/// <summary>
/// Looks whether the program of a command of the configuration is there and may be executed. It runs nothing; what only
/// a run can show, it does not say.
/// </summary>
/// <param name="root">Where the host's files are: empty, or the folder of a prepared tree.</param>
/// <param name="asAgent">Whether the agent itself asks: then its own permissions count.</param>
sealed class CommandLook(string root = "", bool asAgent = false)
{
    const uint AnyMayExecute = 0b001_001_001;
    const int LongestFirstLine = 256;

    /// <summary>Returns what is wrong with the commands of a configuration, as details.json has it.</summary>
    public IReadOnlyList<string> Problems(Settings settings) =>
    [
        .. new[]
        {
            settings.Notify.Command is { } notice ? Problem("notify", notice) : null,
            settings.Publication.After is { Command: var after } ? Problem("publication.after", after) : null,
        }.OfType<string>(),
    ];

    /// <param name="section">The section of the configuration that has the command.</param>
    /// <returns>Why it cannot be run, in English as details.json has it; null if nothing shows that.</returns>
    public string? Problem(string section, string command)
    {
        if (CommandProgram.Of(command) is not { } program) return null;
        if (!program.Contains('/', StringComparison.Ordinal))
            return IsInstalled(program) ? null : $"{section}.command: no program {program} is installed";
        // The agent runs it in the folder /.
        var path = program[0] == '/' ? program : "/" + program;
        if (Syscall.stat(root + path, out var found) != 0)
        {
            var errno = Stdlib.GetLastError();
            if (errno is Errno.EACCES)
                return asAgent ? $"{section}.command: the agent may not execute {path}" : null;
            return program[0] == '/' ? $"{section}.command: there is no program {path}"
                : $"{section}.command: there is no program {path}, and {program} is no absolute path";
        }
        if ((found.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFREG)
            return $"{section}.command: {path} is no program but something else";
        if (((uint)found.st_mode & AnyMayExecute) == 0)
            return $"{section}.command: nobody may execute {path}. Run as root: chmod 0755 {path}";
        if (asAgent && Syscall.access(root + path, AccessModes.X_OK) != 0)
            return $"{section}.command: the agent may not execute {path}";
        return Interpreter(path) is { } needs && !IsInstalled(needs)
            ? $"{section}.command: {path} needs {Printable.Of(needs)}, which is not installed" : null;
    }

    bool IsInstalled(string program) => program[0] == '/' ? File.Exists(root + program)
        : BoundedProgram.HostFolders.Any(folder => File.Exists($"{root}{folder}/{program}"));

    /// <summary>Returns the program that the first line of a script names; null if it is no script.</summary>
    string? Interpreter(string path)
    {
        var bytes = new byte[LongestFirstLine];
        int length;
        try
        {
            using var file = new FileStream(root + path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return null; }
        var text = bytes.AsSpan(0, length);
        if (!text.StartsWith("#!"u8) || text.IndexOf((byte)'\n') is var end && end < 0) return null;
        var words = Encoding.UTF8.GetString(text[2..end]).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words is [var env, var named, ..] && env.EndsWith("/env", StringComparison.Ordinal) && named[0] != '-'
            ? named : words.FirstOrDefault();
    }
}
