using System.Runtime.InteropServices;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux.PackageFiles;

/// <summary>
/// The regular files of one folder of a package, as getdents64 lists them: raw names, in one array for all.
/// </summary>
/// <param name="Path">The folder's path below the package's top, with a slash at the end; empty for the top
/// itself.</param>
/// <param name="Names">The names one after another, each with a zero at its end.</param>
/// <param name="Starts">Where each name begins.</param>
sealed record ListedFolder(byte[] Path, byte[] Names, int[] Starts)
{
    internal ReadOnlySpan<byte> NameAt(int index) =>
        Names.AsSpan(Starts[index], (index + 1 < Starts.Length ? Starts[index + 1] : Names.Length) - Starts[index] - 1);
}

/// <summary>
/// Lists a package's folder without looking at each file: the kind that getdents64 gives is enough, and a hundred
/// thousand stats are saved. What is neither file nor folder is a finding. Folders are entered without following any
/// link.
/// </summary>
sealed unsafe class FolderListing(
    SafeFolder top, LimitSettings limits, ReadingProgress progress, FindingList findings, Action<ListedFolder> found)
{
    const int BufferSize = 64 * 1024;
    const byte Unknown = 0, Fifo = 1, Character = 2, Folder = 4, Block = 6, Regular = 8, Link = 10;

    readonly Queue<byte[]> waiting = new();

    int files;
    long pathBytes;
    bool stopped; // at limits.files or limits.path_text

    internal void List()
    {
        var buffer = (byte*)NativeMemory.Alloc(BufferSize);
        try
        {
            waiting.Enqueue([]);
            while (!stopped && waiting.TryDequeue(out var path)) ListOne(path, buffer);
        }
        finally { NativeMemory.Free(buffer); }
    }

    void ListOne(byte[] path, byte* buffer)
    {
        using var folder = top.TryOpenFolder(path.Length == 0 ? "."u8 : path.AsSpan(..^1), out var refusal);
        if (folder is null)
        {
            findings.Add(ReasonCode.UnreadableFile, Printable.Of(path), $"the folder cannot be opened: {refusal}");
            return;
        }
        var (names, starts) = (new List<byte>(), new List<int>());
        while (true)
        {
            var length = Native.getdents64((int)folder.Handle.DangerousGetHandle(), buffer, BufferSize);
            if (SystemFault.Check(length, "getdents64", folder.Subject) == 0) break;
            for (var at = buffer; at < buffer + length; at += *(ushort*)(at + 16))
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(at + 19);
                if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8)) continue;
                Take(folder, path, name, at[18], names, starts);
            }
        }
        if (starts.Count > 0) found(new ListedFolder(path, [.. names], [.. starts]));
    }

    void Take(SafeFolder folder, byte[] path, ReadOnlySpan<byte> name, byte kind, List<byte> names, List<int> starts)
    {
        if (kind == Unknown) kind = KindOf(folder, name);
        if (kind == Regular)
        {
            if (files == limits.Files)
            {
                if (!stopped) findings.Add(ReasonCode.TooManyFiles, null, $"more than {limits.Files} files");
                stopped = true;
                return;
            }
            files++;
            if ((pathBytes += path.Length + name.Length) > limits.PathText)
            {
                if (!stopped)
                    findings.Add(ReasonCode.PathsTooLarge, null, $"more than {limits.PathText} bytes of paths");
                stopped = true;
                return;
            }
            if (progress.IsMeasured && folder.Identify(name) is { } file) progress.Expect(file.Size);
            starts.Add(names.Count);
            names.AddRange(name);
            names.Add(0);
            return;
        }
        byte[] whole = [.. path, .. name];
        if (kind != Folder) findings.Add(ReasonCode.UnsafeType, Printable.Of(whole), Named(kind));
        else if (RelativePath.Read(whole, limits.Paths).Problem is { } problem)
            findings.Add(ReasonCode.UnsafePath, Printable.Of(whole), problem);
        else waiting.Enqueue([.. whole, (byte)'/']);
    }

    static byte KindOf(SafeFolder folder, ReadOnlySpan<byte> name) => folder.Identify(name)?.Kind switch
    {
        FileKind.Regular => Regular,
        FileKind.Folder => Folder,
        FileKind.Symlink => Link,
        FileKind.Fifo => Fifo,
        FileKind.CharacterDevice => Character,
        FileKind.BlockDevice => Block,
        _ => Unknown,
    };

    static string Named(byte kind) => kind switch
    {
        Link => "a symbolic link",
        Fifo => "a FIFO",
        Character or Block => "a device",
        12 => "a socket",
        _ => "neither a file nor a folder",
    };
}
