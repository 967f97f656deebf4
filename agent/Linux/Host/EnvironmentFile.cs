using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Host;

/// <summary>
/// Reads the file of <c>notify.environment</c> or <c>publication.after.environment</c>. It holds secrets. So it is
/// refused where any account except the agent's, root and the file's group could read it, or where any account except
/// the agent's and root could have written it.
/// </summary>
static class EnvironmentFile
{
    /// <summary>
    /// The permission bits beyond 0640: more than reading and writing for the owner, more than reading for the group,
    /// anything for others.
    /// </summary>
    const uint TooOpen = 0b001_011_111, Permissions = 0b111_111_111;

    /// <summary>Reads the file as the agent does, each time that the command is run.</summary>
    /// <param name="key">The key that names it, for messages.</param>
    /// <returns>The variables, or the problem.</returns>
    public static Reading<CommandEnvironment> Read(string path, string key) =>
        Read(path, new Place(path, key, Position.Start, StateFolder: null, AsAgent: true));

    /// <summary>Returns what is wrong with the files that a configuration names.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="file">The path of the configuration.</param>
    /// <param name="places">Where the configuration has its values.</param>
    /// <param name="asAgent">True: the agent itself asks. An operator who may not read the secrets may use every other
    /// command.</param>
    public static IReadOnlyList<ConfigProblem> Check(
        Settings settings, string file, IReadOnlyDictionary<string, Position> places, bool asAgent)
    {
        (string Key, string? Path)[] named =
        [
            ("notify.environment", settings.Notify.Environment),
            ("publication.after.environment", settings.Publication.After?.Environment),
        ];
        return
        [
            .. named.SelectMany(one => one.Path is not { } path ? [] : Read(path, new Place(
                file, one.Key, places.GetValueOrDefault(one.Key, Position.Start), settings.Paths.State, asAgent))
                .Problems),
        ];
    }

    /// <summary>Says where a message points to, and for whom the file is read.</summary>
    readonly record struct Place(string File, string Key, Position At, string? StateFolder, bool AsAgent);

    static Reading<CommandEnvironment> Read(string path, Place place)
    {
        // Without O_NONBLOCK, opening a FIFO would wait for a writer.
        var descriptor = Syscall.open(
            path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC | OpenFlags.O_NOCTTY);
        if (descriptor < 0)
        {
            var errno = Stdlib.GetLastError();
            if (errno == Errno.EACCES && !place.AsAgent) return Nothing(path);
            var fault = new SystemFault("open", path, errno).Message;
            return Refuse(place, "config.environment-unreadable", ("key", place.Key), ("path", path), ("fault", fault));
        }
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Syscall.fstat(descriptor, out var found) < 0) throw SystemFault.Last("fstat", path);
        if ((found.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFREG)
            return Refuse(place, "config.environment-no-file", ("key", place.Key), ("path", path));
        if (((uint)found.st_mode & TooOpen) != 0)
        {
            var mode = Convert.ToString((uint)found.st_mode & Permissions, 8).PadLeft(4, '0');
            return Refuse(place, "config.environment-open", ("key", place.Key), ("path", path), ("mode", mode));
        }
        var agent = AccountOf(place.StateFolder);
        if (found.st_uid != 0 && found.st_uid != agent)
            return Refuse(place, "config.environment-owner", ("key", place.Key), ("path", path), ("uid", found.st_uid));
        if (!MayRead(agent, found))
            return Refuse(
                place, "config.environment-not-the-agents", ("key", place.Key), ("path", path), ("uid", agent));
        var bytes = new byte[CommandEnvironment.Limit + 1];
        var length = 0;
        for (int read; length < bytes.Length; length += read)
            if ((read = RandomAccess.Read(handle, bytes.AsSpan(length), length)) == 0) break;
        return CommandEnvironment.Read(bytes.AsSpan(0, length), path);
    }

    /// <summary>
    /// Returns the account that the agent runs as: our own, or where root asks, the owner of the state folder.
    /// </summary>
    static uint AccountOf(string? state) =>
        Syscall.geteuid() is var own && own == 0 && state is not null && Syscall.stat(state, out var found) == 0
            ? found.st_uid : own;

    /// <summary>
    /// Returns whether an account may read a file by its owner and group. For our own account that is sure: the file is
    /// open already.
    /// </summary>
    static bool MayRead(uint uid, in Stat file)
    {
        if (uid == Syscall.geteuid() || uid == 0) return true;
        if (file.st_uid == uid) return (file.st_mode & FilePermissions.S_IRUSR) != 0;
        if ((file.st_mode & FilePermissions.S_IRGRP) == 0) return false;
        return Syscall.getpwuid(uid) is not { } account || account.pw_gid == file.st_gid
            || (Syscall.getgrgid(file.st_gid) is { } group && group.gr_mem.Contains(account.pw_name));
    }

    static Reading<CommandEnvironment> Nothing(string path) =>
        new(path, CommandEnvironment.None, [], new Dictionary<string, Position>());

    static Reading<CommandEnvironment> Refuse(Place place, string key, params (string Name, object? Value)[] values) =>
        new(place.File, null, [new ConfigProblem(place.File, place.At, new Said(key, values))],
            new Dictionary<string, Position>());
}
