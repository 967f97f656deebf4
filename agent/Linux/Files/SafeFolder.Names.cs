using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Files;

/// <summary>Receives the name of each entry of a folder.</summary>
/// <returns>False: stop the listing.</returns>
delegate bool NameVisitor(ReadOnlySpan<byte> name);

/// <summary>
/// Lists the names of a folder's entries without looking at what they are: a folder of a million entries takes a
/// moment.
/// </summary>
public sealed unsafe partial class SafeFolder
{
    /// <summary>Passes each name of this folder, without those beneath, in the file system's order.</summary>
    /// <returns>False where the visitor stopped it.</returns>
    internal bool ListNames(NameVisitor visit)
    {
        // Use a separate descriptor, so that two listings never share one position.
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
