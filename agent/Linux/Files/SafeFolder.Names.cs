using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Files;

/// <summary>Is told the name of each entry of a folder.</summary>
/// <returns>False: enough, nothing more is listed.</returns>
delegate bool NameVisitor(ReadOnlySpan<byte> name);

/// <summary>
/// The names of a folder's entries, without a look at what they are: a folder of a million entries is listed in a
/// moment.
/// </summary>
public sealed unsafe partial class SafeFolder
{
    /// <summary>Tells each name of this folder alone, in the file system's order.</summary>
    /// <returns>False where the visitor had enough.</returns>
    internal bool ListNames(NameVisitor visit)
    {
        // A descriptor of its own: two listings never share one position.
        using var listing = TryOpen("."u8, FolderFlags, out var refusal)
            ?? throw new SystemFault("open", Subject, refusal);
        var buffer = NativeMemory.Alloc(ListingBuffer);
        try
        {
            while (true)
            {
                var length = Native.getdents64(Descriptor(listing), (byte*)buffer, ListingBuffer);
                if (length < 0 && Stdlib.GetLastError() == Errno.ENOENT) return true;
                if (SystemFault.Check(length, "getdents64", Subject) == 0) return true;
                for (var at = (byte*)buffer; at < (byte*)buffer + length; at += *(ushort*)(at + 16))
                {
                    var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(at + 19);
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && !visit(name)) return false;
                }
            }
        }
        finally { NativeMemory.Free(buffer); }
    }
}
