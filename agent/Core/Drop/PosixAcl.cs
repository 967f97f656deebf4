using System.Buffers.Binary;

namespace Difusor.Agent.Drop;

/// <summary>Who an entry of an access list is about (acl(5)).</summary>
#pragma warning disable CA1027 // these are the kernel's numbers, and an entry has one of them
public enum AclTag : ushort { Owner = 1, User = 2, OwnGroup = 4, Group = 8, Mask = 16, Others = 32 }
#pragma warning restore CA1027

/// <summary>An entry of an access list.</summary>
/// <param name="Rights">4 to read, 2 to write, 1 to enter.</param>
/// <param name="Id">The account or group; means nothing for the other tags.</param>
public readonly record struct AclEntry(AclTag Tag, uint Rights, uint Id);

/// <summary>Reads a folder's access list, as the kernel has it in <c>system.posix_acl_access</c>.</summary>
public static class PosixAcl
{
    const int Header = 4, Entry = 8;
    const uint Version = 2;

    /// <summary>Returns the entries; none where the bytes are no access list of version 2.</summary>
    public static ImmutableArray<AclEntry> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Header || (bytes.Length - Header) % Entry != 0
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Version) return [];
        var entries = ImmutableArray.CreateBuilder<AclEntry>((bytes.Length - Header) / Entry);
        for (var at = Header; at < bytes.Length; at += Entry)
            entries.Add(new AclEntry(
                (AclTag)BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]),
                BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 2)..]) & 7u,
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..])));
        return entries.MoveToImmutable();
    }
}
