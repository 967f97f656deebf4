using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Night;

namespace Difusor.Agent.Linux.Journal;

/// <summary>
/// The size in bytes at which a journal file is full, which is also the space reserved for each file at its beginning.
/// </summary>
public readonly record struct JournalSizes(long RotateAt)
{
    public static JournalSizes Default { get; } = new(4 << 20);
}

/// <summary>
/// Writes the journal (contract, section 11). Each event is appended with <c>pwrite</c> and <c>fdatasync</c>, and only
/// then the record counts; the head mark follows without a flush. Each file, and a spare one for the next rotation,
/// reserves its whole size with fallocate(2), without changing its length: if other programs fill the disk, the journal
/// can still record that. A file system without fallocate gives no such guarantee. Not thread-safe: only the agent loop
/// writes.
/// </summary>
public sealed class JournalFile : IJournal, IDisposable
{
    const string Spare = ".spare";
    const FilePermissions Private = (FilePermissions)Modes.PrivateFile;

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

    /// <summary>Gets the last record's number; 0 before the first.</summary>
    public long Seq { get; private set; }

    /// <summary>Gets the last record's head, which the next record contains as its <c>prev</c>.</summary>
    public string Head { get; private set; }

    /// <summary>
    /// Gets the file that a torn last line was moved to when the journal was opened; null if there was none. Goes into
    /// <c>AGENT_STARTED</c>.
    /// </summary>
    public string? SetAside { get; }

    /// <summary>
    /// Gets how the head mark and the last line disagree, in plain English; null if they agree. Goes into
    /// <c>AGENT_STARTED</c>.
    /// </summary>
    public string? Problem { get; }

    /// <summary>Gets the same journal for reading.</summary>
    public JournalFolder Folder => new(folder);

    /// <summary>Gets or sets what is called after each record, on the thread that appended it.</summary>
    public Action? Appended { get; set; }

    /// <summary>Opens the journal in <paramref name="folder"/>, creating it if needed, and finds its end.</summary>
    /// <exception cref="SystemFault">The folder or its files cannot be made, read or written.</exception>
    public static JournalFile Open(string folder, JournalSizes? sizes = null)
    {
        if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, (UnixFileMode)Modes.PrivateFolder);
        return new JournalFile(folder, sizes ?? JournalSizes.Default, JournalTail.Find(new JournalFolder(folder)));
    }

    /// <summary>Writes one event, and returns when it is on stable storage.</summary>
    /// <exception cref="SystemFault">The event is not on stable storage, so nothing that it would allow may be done.
    /// The journal is as it was before.</exception>
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
    /// Creates the next file, empty, with its space reserved. If there is no space for it, the journal goes on in the
    /// space of the present file.
    /// </summary>
    void PrepareSpare()
    {
        var spare = Syscall.open(PathOf(Spare), OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_CLOEXEC, Private);
        if (spare < 0) return;
        Reserve(spare);
        _ = Syscall.close(spare);
    }

    /// <summary>
    /// Reserves the space of a file. Ignores a refusal, because the append itself reports a full disk.
    /// </summary>
    void Reserve(int file) => _ = Native.fallocate(file, Native.FallocKeepSize, 0, sizes.RotateAt);

    /// <summary>Writes the head mark. Ignores a failure, because a mark that lags is allowed.</summary>
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
