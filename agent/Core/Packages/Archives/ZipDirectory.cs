using static System.Buffers.Binary.BinaryPrimitives;

namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// A zip's central directory. Checks the stated sizes against the limits before a byte is inflated. The paths come
/// second, because how the names are read may depend on the HASH files in the zip.
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
    int namesEnd, windowsPaths;
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

    /// <summary>Gets the entries; once their names are read, in the order of their places in the file.</summary>
    public IReadOnlyList<ZipEntry> Entries => entries;

    public string? Folder { get; private set; }

    /// <summary>Gets the warnings for what lies beside that folder.</summary>
    public Packages.FindingList Beside { get; private set; } = new();

    /// <summary>Gets whether a name is not ASCII, and nothing says in which encoding it is.</summary>
    public bool HasOpenNames { get; private set; }

    /// <summary>Returns the name's bytes, which must be the same in both headers.</summary>
    public ReadOnlySpan<byte> Name(in ZipEntry entry) => names.AsSpan(entry.NameAt, entry.NameLength);

    /// <summary>
    /// Returns the path in UTF-8, still with the one folder that all are below; empty if the contents go nowhere.
    /// </summary>
    public ReadOnlySpan<byte> Path(in ZipEntry entry) => names.AsSpan(entry.PathAt, entry.PathLength);

    public static ZipDirectory Read(
        ArchiveInput input, ZipEnd end, LimitSettings limits, Shares shares, FindingList findings)
    {
        if (end.Entries > 2L * limits.Files)
            throw Allowance.TooMany($"{end.Entries} entries, the limit is {limits.Files} files");
        if (end.Entries * ZipEntry.CentralSize > end.DirectoryEnd - end.DirectoryStart)
            throw ArchiveRefused.Bad("fewer entries than the end record states");
        var directory = new ZipDirectory(end, limits, shares, findings);
        input.Seek(end.DirectoryStart);
        Span<byte> header = stackalloc byte[ZipEntry.CentralSize];
        for (var i = 0L; i < end.Entries; i++)
        {
            if (end.DirectoryEnd - input.Position < ZipEntry.CentralSize)
                throw ArchiveRefused.Bad("fewer entries than the end record states");
            input.ReadExactly(header);
            if (ReadUInt32LittleEndian(header) != ZipEntry.CentralSignature)
                throw ArchiveRefused.Bad("no entry where the central directory should have one");
            directory.Add(input, header, end.DirectoryStart);
        }
        if (input.Position != end.DirectoryEnd)
            throw ArchiveRefused.Bad("more follows the entries that the end record states");
        directory.allowance.Ratio(end.DirectoryEnd);
        return directory;
    }

    /// <summary>
    /// Gives each entry its path. All names without a stated encoding are read in the same way; back slashes are
    /// separators in what was made on Windows, with a warning.
    /// </summary>
    public void ReadNames(NameReading reading, List<Finding> warnings)
    {
        var ledger = new PathLedger(limits, allowance, findings, entries.Count);
        for (var i = 0; i < entries.Count; i++) entries[i] = WithPath(entries[i], reading, ledger);
        (Folder, Beside) = (ledger.Folder, ledger.Beside);
        if (windowsPaths > 0)
            warnings.Add(
                new Finding("windows-paths", null, $"back slashes in {windowsPaths} names are taken as separators"));
        if (outOfOrder) entries.Sort(static (a, b) => a.Start.CompareTo(b.Start));
    }

    void Add(ArchiveInput input, ReadOnlySpan<byte> header, long directoryStart)
    {
        var nameLength = ReadUInt16LittleEndian(header[28..]);
        var nameAt = Store(input, nameLength);
        var name = names.AsSpan(nameAt, nameLength);
        var extraBytes = variable.AsSpan(0, ReadUInt16LittleEndian(header[30..]));
        input.ReadExactly(extraBytes);
        input.Skip(ReadUInt16LittleEndian(header[32..]));

        var flags = ReadUInt16LittleEndian(header[8..]);
        var method = ReadUInt16LittleEndian(header[10..]);
        var extra = ZipExtra.Read(extraBytes, name);
        if ((flags & ZipEntry.AnyEncryption) != 0 || method == ZipEntry.Aes)
            throw new ArchiveRefused(
                Finding.Of(ReasonCode.EncryptedArchive, SentName.Printable(name), "the entry is encrypted"));
        if (method is not (ZipEntry.Stored or ZipEntry.Deflated))
            throw ArchiveRefused.Bad(
                $"compression method {method}; only stored (0) and deflated (8) are read", SentName.Printable(name));
        if ((flags & ZipEntry.IsPatch) != 0) throw ArchiveRefused.Bad("the entry is a patch", SentName.Printable(name));

        var large = extra.Large;
        var size = ZipExtra.Widen(ReadUInt32LittleEndian(header[24..]), ref large, name);
        var packed = ZipExtra.Widen(ReadUInt32LittleEndian(header[20..]), ref large, name);
        var start = ZipExtra.Widen(ReadUInt32LittleEndian(header[42..]), ref large, name);
        var disk = ReadUInt16LittleEndian(header[34..]);
        if (disk != 0 && !(disk == ushort.MaxValue && large.Length == 4 && ReadUInt32LittleEndian(large) == 0))
            throw ArchiveRefused.Bad("a zip in several volumes", SentName.Printable(name));
        if (start >= directoryStart)
            throw ArchiveRefused.Bad(
                "the entry points behind the beginning of the central directory", SentName.Printable(name));
        if (method == ZipEntry.Stored && packed != size)
            throw ArchiveRefused.Bad("stored, but with two sizes", SentName.Printable(name));
        outOfOrder |= entries.Count > 0 && start <= entries[^1].Start;
        var unicode = (flags & ZipEntry.IsUtf8) != 0 ? default : extra.UnicodeName(name);
        var host = header[5];
        var kind = KindOf(
            unicode.IsEmpty ? name : unicode, size, (int)(ReadUInt32LittleEndian(header[38..]) >> 16),
            ZipEntry.IsWindows(host));
        var entry = new ZipEntry(
            start, packed, size, ReadUInt32LittleEndian(header[16..]), flags, method, nameLength, nameAt,
            Store(unicode), unicode.Length, kind, host);
        HasOpenNames |= !entry.HasUnicodeName && !Ascii.IsValid(Name(entry));
        entries.Add(entry);
    }

    /// <summary>Returns what the entry is, and counts it.</summary>
    /// <param name="mode">The Unix mode in its attributes; 0 if there is none.</param>
    ZipKind KindOf(ReadOnlySpan<byte> name, long size, int mode, bool isOfWindows)
    {
        var type = mode & TypeMask;
        if (type is not (0 or RegularFile or Directory))
        {
            allowance.File(name, size);
            findings.Add(ReasonCode.UnsafeType, SentName.Printable(name), UnixType.Name(type));
            return ZipKind.Refused;
        }
        if (name.EndsWith("/"u8) || (isOfWindows && name.EndsWith("\\"u8)) || type == Directory)
        {
            if (size != 0 || type == RegularFile)
                throw ArchiveRefused.Bad("both a folder and a file", SentName.Printable(name));
            return ZipKind.Folder;
        }
        allowance.File(name, size);
        return ZipKind.File;
    }

    ZipEntry WithPath(in ZipEntry entry, NameReading reading, PathLedger ledger)
    {
        var name = Name(entry);
        var sent = entry.PathLength > 0 ? Path(entry) : entry.HasUnicodeName ? name : reading.ToUtf8(name);
        var path = sent;
        if (entry.IsOfWindows && sent.Contains((byte)'\\'))
        {
            windowsPaths++;
            path = WindowsPath.WithSlashes(sent);
            if (WindowsPath.HasDrive(sent))
            {
                findings.Add(ReasonCode.UnsafePath, SentName.Printable(sent), "absolute");
                return entry with { PathLength = 0 };
            }
        }
        if (entry.Kind == ZipKind.Folder) ledger.AddFolder(path);
        if (entry.Kind != ZipKind.File || ledger.AddFile(path) is null) return entry with { PathLength = 0 };
        if (path == name) return entry with { PathAt = entry.NameAt, PathLength = entry.NameLength };
        return path == Path(entry) ? entry : entry with { PathAt = Store(path), PathLength = path.Length };
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

/// <summary>A name with back slashes, as programs on Windows write it.</summary>
static class WindowsPath
{
    public static byte[] WithSlashes(ReadOnlySpan<byte> name)
    {
        var path = name.ToArray();
        path.AsSpan().Replace((byte)'\\', (byte)'/');
        return path;
    }

    /// <summary>Returns whether the name begins with a drive, so that it is not below any folder.</summary>
    public static bool HasDrive(ReadOnlySpan<byte> name) =>
        name.Length > 1 && name[1] == ':' && char.IsAsciiLetter((char)name[0]);
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
