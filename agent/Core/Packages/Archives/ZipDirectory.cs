using static System.Buffers.Binary.BinaryPrimitives;

namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// A zip's central directory. Reads every entry's path, and checks the stated sizes against the limits, before a byte
/// is inflated.
/// </summary>
sealed class ZipDirectory
{
    const int TypeMask = 0xF000;
    const int RegularFile = 0x8000;
    const int Directory = 0x4000;

    /// <summary>
    /// How many bytes of names may be kept beyond <c>limits.path_text</c>: for names whose contents go nowhere, and for
    /// paths spelled differently from the name.
    /// </summary>
    const long MoreNames = 1 << 20;

    readonly List<ZipEntry> entries;
    readonly Allowance allowance;
    readonly FindingList findings;
    readonly byte[] variable = new byte[ushort.MaxValue];
    byte[] names;
    readonly LimitSettings limits;
    int namesEnd;
    bool outOfOrder;

    ZipDirectory(ZipEnd end, LimitSettings limits, Shares shares, FindingList findings)
    {
        this.limits = limits;
        entries = new List<ZipEntry>((int)end.Entries);
        names = new byte[
            Math.Clamp(end.DirectoryEnd - end.DirectoryStart - end.Entries * ZipEntry.CentralSize, 0, limits.PathText)];
        allowance = new Allowance(limits, shares);
        this.findings = findings;
    }

    /// <summary>Gets the entries in the order of their places in the file.</summary>
    public IReadOnlyList<ZipEntry> Entries => entries;

    public string? Folder { get; private set; }

    /// <summary>Gets the warnings for what lies beside that folder.</summary>
    public Packages.FindingList Beside { get; private set; } = new();

    /// <summary>Returns the name's bytes, which must be the same in both headers.</summary>
    public ReadOnlySpan<byte> Name(in ZipEntry entry) => names.AsSpan(entry.NameAt, entry.NameLength);

    /// <summary>
    /// Returns the path in UTF-8, still with the one folder that all are below; empty if the contents go nowhere.
    /// </summary>
    public ReadOnlySpan<byte> Path(in ZipEntry entry) => names.AsSpan(entry.PathAt, entry.PathLength);

    public static ZipDirectory Read(
        ArchiveInput input, ZipEnd end, long length, LimitSettings limits, Shares shares, FindingList findings)
    {
        if (end.Entries > 2L * limits.Files)
            throw Allowance.TooMany($"{end.Entries} entries, the limit is {limits.Files} files");
        if (end.Entries * ZipEntry.CentralSize > end.DirectoryEnd - end.DirectoryStart)
            throw ArchiveRefused.Bad("fewer entries than the end record states");
        var directory = new ZipDirectory(end, limits, shares, findings);
        var ledger = new PathLedger(limits, directory.allowance, findings, (int)end.Entries);
        input.Seek(end.DirectoryStart);
        Span<byte> header = stackalloc byte[ZipEntry.CentralSize];
        for (var i = 0L; i < end.Entries; i++)
        {
            if (end.DirectoryEnd - input.Position < ZipEntry.CentralSize)
                throw ArchiveRefused.Bad("fewer entries than the end record states");
            input.ReadExactly(header);
            if (ReadUInt32LittleEndian(header) != ZipEntry.CentralSignature)
                throw ArchiveRefused.Bad("no entry where the central directory should have one");
            directory.Add(input, header, end.DirectoryStart, ledger);
        }
        if (input.Position != end.DirectoryEnd)
            throw ArchiveRefused.Bad("more follows the entries that the end record states");
        directory.allowance.Ratio(length);
        (directory.Folder, directory.Beside) = (ledger.Folder, ledger.Beside);
        if (directory.outOfOrder) directory.entries.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        return directory;
    }

    void Add(ArchiveInput input, ReadOnlySpan<byte> header, long directoryStart, PathLedger ledger)
    {
        var nameLength = ReadUInt16LittleEndian(header[28..]);
        var nameAt = Store(input, nameLength);
        var name = names.AsSpan(nameAt, nameLength);
        var extraBytes = variable.AsSpan(0, ReadUInt16LittleEndian(header[30..]));
        input.ReadExactly(extraBytes);
        input.Skip(ReadUInt16LittleEndian(header[32..]));

        var flags = ReadUInt16LittleEndian(header[8..]);
        var method = ReadUInt16LittleEndian(header[10..]);
        ReadOnlySpan<byte> utf8 = (flags & ZipEntry.IsUtf8) != 0 || SentName.IsUtf8(name) ? name
            : SentName.FromCp437(name);
        var extra = ZipExtra.Read(extraBytes, utf8);
        if (extra.UnicodeName(name) is { IsEmpty: false } unicode && (flags & ZipEntry.IsUtf8) == 0) utf8 = unicode;
        if ((flags & ZipEntry.AnyEncryption) != 0 || method == ZipEntry.Aes)
            throw new ArchiveRefused(
                Finding.Of(ReasonCode.EncryptedArchive, SentName.Printable(utf8), "the entry is encrypted"));
        if (method is not (ZipEntry.Stored or ZipEntry.Deflated))
            throw ArchiveRefused.Bad(
                $"compression method {method}; only stored (0) and deflated (8) are read", SentName.Printable(utf8));
        if ((flags & ZipEntry.IsPatch) != 0) throw ArchiveRefused.Bad("the entry is a patch", SentName.Printable(utf8));

        var large = extra.Large;
        var size = ZipExtra.Widen(ReadUInt32LittleEndian(header[24..]), ref large, utf8);
        var packed = ZipExtra.Widen(ReadUInt32LittleEndian(header[20..]), ref large, utf8);
        var start = ZipExtra.Widen(ReadUInt32LittleEndian(header[42..]), ref large, utf8);
        var disk = ReadUInt16LittleEndian(header[34..]);
        if (disk != 0 && !(disk == ushort.MaxValue && large.Length == 4 && ReadUInt32LittleEndian(large) == 0))
            throw ArchiveRefused.Bad("a zip in several volumes", SentName.Printable(utf8));
        if (start >= directoryStart)
            throw ArchiveRefused.Bad(
                "the entry points behind the beginning of the central directory", SentName.Printable(utf8));
        if (method == ZipEntry.Stored && packed != size)
            throw ArchiveRefused.Bad("stored, but with two sizes", SentName.Printable(utf8));
        outOfOrder |= entries.Count > 0 && start <= entries[^1].Start;
        var goes = IsPlaced(utf8, size, (int)(ReadUInt32LittleEndian(header[38..]) >> 16), ledger);
        var (pathAt, pathLength) = !goes ? (nameAt, 0) : utf8 == name ? (nameAt, nameLength)
            : (Store(utf8), utf8.Length);
        var crc = ReadUInt32LittleEndian(header[16..]);
        entries.Add(new ZipEntry(start, packed, size, crc, flags, method, nameLength, nameAt, pathAt, pathLength));
    }

    /// <summary>
    /// Returns whether the entry is a file to place, by its name and the Unix mode in its attributes. False for a
    /// folder and for a forbidden entry.
    /// </summary>
    bool IsPlaced(ReadOnlySpan<byte> utf8, long size, int mode, PathLedger ledger)
    {
        var type = mode & TypeMask;
        if (type is not (0 or RegularFile or Directory))
        {
            allowance.File(utf8, size);
            findings.Add(ReasonCode.UnsafeType, SentName.Printable(utf8), UnixType.Name(type));
            return false;
        }
        if (utf8.EndsWith("/"u8) || type == Directory)
        {
            if (size != 0 || type == RegularFile)
                throw ArchiveRefused.Bad("both a folder and a file", SentName.Printable(utf8));
            ledger.AddFolder(utf8);
            return false;
        }
        allowance.File(utf8, size);
        return ledger.AddFile(utf8) is not null;
    }

    int Store(ArchiveInput input, int length)
    {
        input.ReadExactly(Room(length));
        return Taken(length);
    }

    int Store(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        return Taken(bytes.Length);
    }

    Span<byte> Room(int length)
    {
        if (namesEnd + length > limits.PathText + MoreNames)
            throw new ArchiveRefused(
                Finding.Of(ReasonCode.PathsTooLarge, null, $"more than {limits.PathText} bytes of names"));
        if (names.Length - namesEnd < length)
            Array.Resize(
                ref names, (int)Math.Min(Math.Max(2L * names.Length, namesEnd + length), limits.PathText + MoreNames));
        return names.AsSpan(namesEnd, length);
    }

    int Taken(int length)
    {
        namesEnd += length;
        return namesEnd - length;
    }
}

/// <summary>Names the type bits of a Unix mode that is neither a file nor a folder.</summary>
static class UnixType
{
    public static string Name(int type) => type switch
    {
        0xA000 => "a symbolic link",
        0x2000 => "a character device",
        0x6000 => "a block device",
        0x1000 => "a FIFO",
        0xC000 => "a socket",
        _ => "neither a file nor a folder",
    };
}
