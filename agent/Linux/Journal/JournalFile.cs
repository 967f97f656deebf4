using System.Text;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Night;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Journal;

/// <summary>
/// When a journal file is full, and how much space each file has set aside from its beginning, in bytes.
/// </summary>
public readonly record struct JournalSizes(long RotateAt)
{
    public static JournalSizes Default { get; } = new(4 << 20);
}

/// <summary>
/// The journal as it is written (contract, section 11). Append, for each event: <c>pwrite</c>, <c>fdatasync</c>, and
/// only then the record counts; the head mark follows without a flush. Each file, and a spare one for after it, has its
/// whole size set aside by fallocate(2) without showing it, so that a disk that others have filled still takes the
/// record of it; a file system without fallocate gives no such promise. Not thread-safe: the agent loop alone writes.
/// </summary>
public sealed class JournalFile : IJournal, IDisposable
{
    const string Spare = ".spare";
    const FilePermissions Private = FilePermissions.S_IRUSR | FilePermissions.S_IWUSR;

    readonly string folder;
    readonly JournalSizes sizes;
    string name;
    int descriptor, headDescriptor;
    long length;

    JournalFile(string folder, JournalSizes sizes, JournalTail tail)
    {
        (this.folder, this.sizes) = (folder, sizes);
        (name, length, Seq, Head, SetAside, Problem) =
            (tail.Name, tail.Length, tail.Seq, tail.Head, tail.SetAside, tail.Problem);
        descriptor = OpenNamed(name);
        SystemFault.Check(Syscall.ftruncate(descriptor, length), "ftruncate", PathOf(name));
        Reserve(descriptor);
        SystemFault.Check(Syscall.fsync(descriptor), "fsync", PathOf(name));
        PrepareSpare();
        headDescriptor = OpenNamed(HeadMark.FileName);
        FlushFolder();
    }

    /// <summary>The last record's number; 0 before the first.</summary>
    public long Seq { get; private set; }

    /// <summary>The last record's head, which the next one names as its <c>prev</c>.</summary>
    public string Head { get; private set; }

    /// <summary>
    /// Where a torn last line was put at this opening; null where there was none. Goes into <c>AGENT_STARTED</c>.
    /// </summary>
    public string? SetAside { get; }

    /// <summary>
    /// What the head mark and the last line disagree about, in plain English; null where all is well. Goes into
    /// <c>AGENT_STARTED</c>.
    /// </summary>
    public string? Problem { get; }

    /// <summary>The same journal for reading.</summary>
    public JournalFolder Folder => new(folder);

    /// <summary>Called after each record, on the thread that appended it.</summary>
    public Action? Appended { get; set; }

    /// <summary>
    /// Opens the journal in <paramref name="folder"/>, making it where it is not there, and finds its end.
    /// </summary>
    /// <exception cref="SystemFault">The folder or its files cannot be made, read or written.</exception>
    public static JournalFile Open(string folder, JournalSizes? sizes = null)
    {
        if (!Directory.Exists(folder))
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new JournalFile(folder, sizes ?? JournalSizes.Default, JournalTail.Find(new JournalFolder(folder)));
    }

    /// <summary>Writes one event and returns when it is on stable storage.</summary>
    /// <exception cref="SystemFault">It is not: nothing that it would allow may be done. The journal is as it was
    /// before.</exception>
    public JournalRecord Append(AgentEvent happened, DateTimeOffset? trusted, DateTimeOffset system)
    {
        var (line, record) = RecordLine.Write(happened, Seq + 1, Head, trusted, system);
        byte[] bytes = [.. line, (byte)'\n'];
        if (length > 0 && length + bytes.Length > sizes.RotateAt) Rotate();
        try
        {
            WriteAt(descriptor, bytes, length, PathOf(name));
            SystemFault.Check(Syscall.fdatasync(descriptor), "fdatasync", PathOf(name));
        }
        catch (SystemFault)
        {
            _ = Syscall.ftruncate(descriptor, length);
            Reserve(descriptor);
            throw;
        }
        length += bytes.Length;
        (Seq, Head) = (record.Seq, record.Head);
        MarkHead();
        Appended?.Invoke();
        return record;
    }

    public void Dispose()
    {
        if (descriptor >= 0) _ = Syscall.close(descriptor);
        if (headDescriptor >= 0) _ = Syscall.close(headDescriptor);
        descriptor = headDescriptor = -1;
    }

    void Rotate()
    {
        var next = JournalFolder.After(name);
        if (File.Exists(PathOf(Spare)))
            SystemFault.Check(Stdlib.rename(PathOf(Spare), PathOf(next)), "rename", PathOf(next));
        var opened = OpenNamed(next);
        FlushFolder();
        _ = Syscall.ftruncate(descriptor, length);
        _ = Syscall.close(descriptor);
        (descriptor, name, length) = (opened, next, 0);
        PrepareSpare();
    }

    /// <summary>
    /// The next file, empty, with its space set aside; without room for it the journal goes on in the space of the
    /// present one.
    /// </summary>
    void PrepareSpare()
    {
        var spare = Syscall.open(PathOf(Spare), OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_CLOEXEC, Private);
        if (spare < 0) return;
        Reserve(spare);
        _ = Syscall.close(spare);
    }

    /// <summary>A refusal is no fault here: the append itself says when there is no room.</summary>
    void Reserve(int file) => _ = Native.fallocate(file, Native.FallocKeepSize, 0, sizes.RotateAt);

    /// <summary>A mark that lags is no alarm, so a failed write of it is none either.</summary>
    void MarkHead()
    {
        try
        {
            WriteAt(headDescriptor, Encoding.ASCII.GetBytes(new HeadMark(Seq, Head).ToString()), 0,
                PathOf(HeadMark.FileName));
        }
        catch (SystemFault) { return; }
    }

    int OpenNamed(string file) =>
        SystemFault.Check(
            Syscall.open(
            PathOf(file), OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_CLOEXEC | OpenFlags.O_NOFOLLOW,
            Private),
            "open", PathOf(file));

    void FlushFolder()
    {
        var opened = SystemFault.Check(
            Syscall.open(folder, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC), "open", folder);
        try { SystemFault.Check(Syscall.fsync(opened), "fsync", folder); }
        finally { _ = Syscall.close(opened); }
    }

    string PathOf(string file) => Path.Combine(folder, file);

    static unsafe void WriteAt(int file, byte[] bytes, long offset, string subject)
    {
        fixed (byte* start = bytes)
        {
            var written = 0L;
            while (written < bytes.Length)
            {
                var count = Syscall.pwrite(file, start + written, (ulong)(bytes.Length - written), offset + written);
                if (count < 0 && Stdlib.GetLastError() == Errno.EINTR) continue;
                if (count < 0) throw SystemFault.Last("write", subject);
                written += count;
            }
        }
    }
}
