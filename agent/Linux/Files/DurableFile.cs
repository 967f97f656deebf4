using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// The one type that writes a small file so that it survives: after a crash at any instant the name has the old bytes
/// or the new ones, whole. It makes these system calls, which a test compares with a real trace:
/// <code>
/// unlink(.NAME.new)                      what a crash left
/// open(.NAME.new, O_CREAT|O_EXCL)  fchmod  write...  [futimens]
/// fsync(.NAME.new)                       the bytes, before the name
/// close
/// rename(.NAME.new, NAME)
/// fsync(folder)                          the name
/// </code>
/// </summary>
static unsafe class DurableFile
{
    /// <param name="mtime">The modification time in nanoseconds since 1970; null: now.</param>
    internal static void Write(
        OwnFolder folder, string name, ReadOnlySpan<byte> contents, uint mode, long? mtime = null)
    {
        PutInPlace(folder, Prepare(folder, name, contents, mode, mtime, flush: true), name);
        folder.Flush();
    }

    /// <summary>
    /// Replaces a file, so that a reader has the old bytes or the new ones, whole. Flushes nothing: the file is for
    /// readers of today, and a power cut may take it.
    /// </summary>
    internal static void Replace(OwnFolder folder, string name, ReadOnlySpan<byte> contents, uint mode) =>
        PutInPlace(folder, Prepare(folder, name, contents, mode), name);

    /// <summary>
    /// Does the first half: writes the bytes to <c>.NAME.new</c>, and returns that name. Without
    /// <paramref name="flush"/> the caller must flush the file system.
    /// </summary>
    internal static string Prepare(
        OwnFolder folder, string name, ReadOnlySpan<byte> contents, uint mode, long? mtime = null, bool flush = false)
    {
        var fresh = $".{name}.new";
        folder.Unlink(fresh);
        using var file = folder.Create(fresh, mode);
        WriteAll(file, contents, fresh);
        if (mtime is { } nanos) SetTime(file, nanos, fresh);
        if (flush) SystemFault.Check(Native.fsync((int)file.DangerousGetHandle()), "fsync", $"{folder.Path}/{fresh}");
        return fresh;
    }

    /// <summary>Writes a file whose bytes are made while they are written, and may be many.</summary>
    internal static void Write(OwnFolder folder, string name, uint mode, Action<Stream> write)
    {
        var fresh = $".{name}.new";
        folder.Unlink(fresh);
        using (var file = folder.Create(fresh, mode))
        {
            using (var stream = new BufferedStream(new Written(file, fresh))) write(stream);
            SystemFault.Check(Native.fsync((int)file.DangerousGetHandle()), "fsync", $"{folder.Path}/{fresh}");
        }
        PutInPlace(folder, fresh, name);
        folder.Flush();
    }

    static void PutInPlace(OwnFolder folder, string fresh, string name) =>
        Rename($"{folder.Path}/{fresh}", $"{folder.Path}/{name}");

    internal static void Rename(string from, string to) =>
        SystemFault.Check(Syscall.rename(from, to), "rename", $"{from} → {to}");

    internal static void WriteAll(SafeFileHandle file, ReadOnlySpan<byte> contents, string subject)
    {
        fixed (byte* start = contents)
        {
            for (nint done = 0; done < contents.Length;)
            {
                var written = Native.write((int)file.DangerousGetHandle(), start + done, contents.Length - done);
                if (written < 0 && SystemFault.LastErrno is var errno)
                {
                    if (errno == Errno.EINTR) continue;
                    throw new SystemFault("write", subject, errno);
                }
                done += written;
            }
        }
    }

    /// <summary>Sets the modification time and leaves the access time.</summary>
    internal static void SetTime(SafeFileHandle file, long nanos, string subject)
    {
        var times = stackalloc Native.Timespec[2];
        times[0].Nanoseconds = Native.TimeOmit;
        (times[1].Seconds, times[1].Nanoseconds) = Math.DivRem(nanos, 1_000_000_000);
        SystemFault.Check(Native.futimens((int)file.DangerousGetHandle(), times), "futimens", subject);
    }
}
