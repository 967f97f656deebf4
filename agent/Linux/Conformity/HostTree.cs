using Difusor.Agent.Conformity;
using Difusor.Agent.Drop;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Conformity;

/// <summary>
/// The host's files below a root: <c>/</c>, or a prepared tree. Tells a file that may not be read from one that does
/// not exist.
/// </summary>
sealed class HostTree(string root)
{
    const int MostText = 4 << 20;

    public string Root { get; } = root.TrimEnd('/');

    public string At(string path) => Root + path;

    /// <summary>Reads a file's text, at most its last 4 MiB; null if there is no file.</summary>
    public Fact<string> Text(string path)
    {
        try
        {
            using var file =
                new FileStream(At(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.CanSeek && file.Length > MostText) file.Position = file.Length - MostText;
            var bytes = new byte[MostText];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException) { return null; }
        catch (UnauthorizedAccessException) { return Denied(path); }
        catch (IOException fault)
        {
            return new Fact<string>(null, new Said("check.hidden-fault", ("what", path), ("fault", fault.Message)));
        }
    }

    /// <summary>Reads the first bytes of a file as text; empty if it cannot be read.</summary>
    public string Head(string path)
    {
        try
        {
            using var file =
                new FileStream(At(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[4096];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return ""; }
    }

    public bool Exists(string path) => Path.Exists(At(path));

    /// <summary>Returns the files of a folder that match a pattern, in order; none if it cannot be listed.</summary>
    public IReadOnlyList<string> Files(string folder, string pattern)
    {
        try
        {
            return [.. Directory.EnumerateFiles(At(folder), pattern).Order(StringComparer.Ordinal)
                .Select(file => file[Root.Length..])];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return []; }
    }

    public Fact<FolderFacts> Folder(string path)
    {
        if (Syscall.stat(At(path), out var found) == 0)
        {
            var accounts = Accounts;
            return new FolderFacts(
                path, (uint)found.st_mode & 0xFFF, accounts.NameOf(found.st_uid), accounts.GroupOf(found.st_gid),
                found.st_uid,
                (found.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFDIR);
        }
        return Stdlib.GetLastError() is Errno.EACCES ? Denied<FolderFacts>(path) : null;
    }

    /// <summary>Returns the names of the running processes, which the kernel cuts to 15 bytes.</summary>
    public IReadOnlySet<string> Processes()
    {
        var names = new HashSet<string>();
        try
        {
            foreach (var folder in Directory.EnumerateDirectories(At("/proc")))
                if (char.IsAsciiDigit(Path.GetFileName(folder)[0])
                    && Head($"{folder[Root.Length..]}/comm") is { Length: > 0 } name) names.Add(name.TrimEnd('\n'));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { }
        return names;
    }

    /// <summary>Returns the ids of the processes that have one of these names.</summary>
    public IReadOnlyList<int> ProcessesNamed(params string[] names)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(At("/proc"))
                .Select(folder => int.TryParse(
                    Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
                .Where(pid => pid > 0 && names.Contains(Head(Process(pid, "comm")).TrimEnd('\n')))
                .Order()];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return []; }
    }

    /// <summary>Returns the SELinux context of a process; null without one.</summary>
    public string? ContextOf(int pid) =>
        Text(Process(pid, "attr/current")).Seen?.TrimEnd('\0', '\n') is { } context && context.Split(':').Length > 3
            ? context : null;

    static string Process(int pid, string file) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}");

    /// <summary>Returns an account's home; null if there is no such account.</summary>
    public string? HomeOf(string account) => Accounts.All.FirstOrDefault(one => one.Name == account)?.Home;

    public static Said NeedsRoot(string what) => new("check.hidden-root", ("what", what));

    /// <summary>Gets the accounts and groups of the host, as they are now.</summary>
    HostAccounts Accounts => HostAccounts.Read(Lines("/etc/passwd"), Lines("/etc/group"));

    string[] Lines(string file) => (Text(file).Seen ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    static Fact<string> Denied(string path) => Denied<string>(path);

    static Fact<T> Denied<T>(string path) where T : class => new Fact<T>(null, NeedsRoot(path));
}
