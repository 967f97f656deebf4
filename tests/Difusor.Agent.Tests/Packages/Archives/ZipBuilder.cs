using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>One entry of a zip that is written byte by byte; what is not set is right.</summary>
sealed record ZipPart(byte[] Name, byte[] Contents)
{
    public ZipPart(string name, string contents = "")
        : this(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(contents)) { }

    public static ZipPart Index { get; } = new("index.html", "<html>hola</html>");

    public ushort Method { get; init; } = 8;
    public ushort Flags { get; init; }
    public uint Attributes { get; init; }
    public byte[]? Packed { get; init; }
    public uint? Crc { get; init; }
    public uint? CentralCrc { get; init; }
    public long? Size { get; init; }
    public long? PackedSize { get; init; }
    public long? LocalSize { get; init; }
    public byte[]? LocalName { get; init; }
    public ushort? LocalMethod { get; init; }
    public ushort? LocalFlags { get; init; }
    public ushort? CentralFlags { get; init; }
    /// <summary>The system that it was made on (APPNOTE 4.4.2): 3 is Unix, 0 Windows.</summary>
    public byte Host { get; init; } = 3;
    /// <summary>What the local header's ZIP64 field has for sizes that a data descriptor states.</summary>
    public long LaterSize { get; init; }
    /// <summary>12, 16, 20 or 24 bytes after the contents; 0: none.</summary>
    public int Descriptor { get; init; }
    public uint? DescriptorCrc { get; init; }
    public bool Large { get; init; }
    public byte[] Extra { get; init; } = [];
    public string Comment { get; init; } = "";
    /// <summary>Bytes that belong to no entry, before this one.</summary>
    public byte[] Before { get; init; } = [];
    /// <summary>Points to another entry's header instead of its own.</summary>
    public int? SameStartAs { get; init; }
    public long? Start { get; init; }
    public ushort Disk { get; init; }
}

/// <summary>Writes zips, right ones and wrong ones (APPNOTE 6.3.10).</summary>
sealed class ZipBuilder
{
    readonly List<byte> bytes = [];

    public byte[] BeforeDirectory { get; init; } = [];
    public byte[] AfterDirectory { get; init; } = [];
    public byte[] After { get; init; } = [];
    public byte[] Comment { get; init; } = [];
    public int? EntryCount { get; init; }
    public ushort Disk { get; init; }
    public bool LargeEnd { get; init; }
    /// <summary>How many volumes there are in all, as the ZIP64 locator says.</summary>
    public uint Volumes { get; init; } = 1;
    public long? DirectoryStart { get; init; }

    public static byte[] Of(params ZipPart[] parts) => new ZipBuilder().Build(parts);

    public static byte[] Deflate(byte[] contents)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(contents);
        return packed.ToArray();
    }

    public byte[] Build(params ZipPart[] parts)
    {
        var starts = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++) starts[i] = WriteLocal(parts[i], starts);
        bytes.AddRange(BeforeDirectory);
        var directory = (long)bytes.Count;
        for (var i = 0; i < parts.Length; i++) WriteCentral(parts[i], starts[i]);
        bytes.AddRange(AfterDirectory);
        WriteEnd(EntryCount ?? parts.Length, DirectoryStart ?? directory, bytes.Count - directory);
        bytes.AddRange(After);
        return [.. bytes];
    }

    static byte[] Packed(ZipPart part) => part.Packed ?? (part.Method == 8 ? Deflate(part.Contents) : part.Contents);
    static uint Crc(ZipPart part) => part.Crc ?? Crc32.HashToUInt32(part.Contents);
    static ushort Flags(ZipPart part) => (ushort)(part.Flags | (part.Descriptor > 0 ? 8 : 0));

    long WriteLocal(ZipPart part, long[] starts)
    {
        if (part.SameStartAs is { } other) return starts[other];
        bytes.AddRange(part.Before);
        var start = bytes.Count;
        var packed = Packed(part);
        var (size, packedSize) =
            (part.LocalSize ?? part.Size ?? part.Contents.Length, part.PackedSize ?? packed.Length);
        var later = part.Descriptor > 0;
        byte[] extra = part.Large
            ? [1, 0, 16, 0, .. Eight(later ? part.LaterSize : size), .. Eight(later ? part.LaterSize : packedSize),
                .. part.Extra]
            : part.Extra;
        var name = part.LocalName ?? part.Name;
        Four(0x04034b50);
        Two(20);
        Two(part.LocalFlags ?? Flags(part));
        Two(part.LocalMethod ?? part.Method);
        Four(0);
        Four(later ? 0 : Crc(part));
        Four(part.Large ? uint.MaxValue : later ? 0 : (uint)packedSize);
        Four(part.Large ? uint.MaxValue : later ? 0 : (uint)size);
        Two((ushort)name.Length);
        Two((ushort)extra.Length);
        bytes.AddRange(name);
        bytes.AddRange(extra);
        bytes.AddRange(packed);
        if (part.Descriptor is 16 or 24) Four(0x08074b50);
        if (later) Four(part.DescriptorCrc ?? Crc(part));
        if (part.Descriptor is 12 or 16) bytes.AddRange([.. Eight(packedSize)[..4], .. Eight(size)[..4]]);
        if (part.Descriptor is 20 or 24) bytes.AddRange([.. Eight(packedSize), .. Eight(size)]);
        return start;
    }

    void WriteCentral(ZipPart part, long start)
    {
        start = part.Start ?? start;
        var (size, packedSize) = (part.Size ?? part.Contents.Length, part.PackedSize ?? Packed(part).Length);
        byte[] extra = part.Large ? [1, 0, 24, 0, .. Eight(size), .. Eight(packedSize), .. Eight(start), .. part.Extra]
            : part.Extra;
        Four(0x02014b50);
        Two((part.Host << 8) | 30);
        Two(20);
        Two(part.CentralFlags ?? Flags(part));
        Two(part.Method);
        Four(0);
        Four(part.CentralCrc ?? Crc(part));
        Four(part.Large ? uint.MaxValue : (uint)packedSize);
        Four(part.Large ? uint.MaxValue : (uint)size);
        Two((ushort)part.Name.Length);
        Two((ushort)extra.Length);
        Two((ushort)part.Comment.Length);
        Two(part.Disk);
        Two(0);
        Four(part.Attributes);
        Four(part.Large ? uint.MaxValue : (uint)start);
        bytes.AddRange(part.Name);
        bytes.AddRange(extra);
        bytes.AddRange(Encoding.ASCII.GetBytes(part.Comment));
    }

    void WriteEnd(int count, long start, long size)
    {
        var record64 = bytes.Count;
        if (LargeEnd)
        {
            Four(0x06064b50);
            bytes.AddRange(Eight(44));
            Two(45);
            Two(45);
            Four(0);
            Four(0);
            bytes.AddRange([.. Eight(count), .. Eight(count), .. Eight(size), .. Eight(start)]);
            Four(0x07064b50);
            Four(0);
            bytes.AddRange(Eight(record64));
            Four(Volumes);
        }
        Four(0x06054b50);
        Two(Disk);
        Two(Disk);
        Two(LargeEnd ? ushort.MaxValue : (ushort)count);
        Two(LargeEnd ? ushort.MaxValue : (ushort)count);
        Four(LargeEnd ? uint.MaxValue : (uint)size);
        Four(LargeEnd ? uint.MaxValue : (uint)start);
        Two((ushort)Comment.Length);
        bytes.AddRange(Comment);
    }

    void Two(int value) => bytes.AddRange([(byte)value, (byte)(value >> 8)]);
    void Four(uint value) => bytes.AddRange(Eight(value)[..4]);

    static byte[] Eight(long value)
    {
        var eight = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(eight, value);
        return eight;
    }
}
