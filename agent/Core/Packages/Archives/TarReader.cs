
namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// Reads a tar: ustar, pax, GNU long names and the old V7 form. Accepts only regular files and folders. Two zero blocks
/// end it, and only zeros may follow. A tar that stops before them may still be arriving. Where its end is proven
/// otherwise it may have one zero block or none, as every common reader takes it: the HASH files show what is missing.
/// </summary>
sealed class TarReader
{
    /// <summary>
    /// The most bytes of a pax header or a GNU long name. A path never has more than 4096 bytes, so this is ample.
    /// </summary>
    const int MostExtended = 64 * 1024;

    readonly ArchiveInput input;
    readonly IPackageSink sink;
    readonly FindingList findings;
    readonly Allowance allowance;
    readonly PathLedger ledger;
    readonly bool endIsProven;
    bool hasEntry;
    PaxRecords? pax;
    byte[]? longName;
    bool hasLongLink;

    TarReader(
        ArchiveInput input, bool endIsProven, LimitSettings limits, Shares shares, IPackageSink sink,
        FindingList findings)
    {
        this.input = input;
        this.endIsProven = endIsProven;
        this.sink = sink;
        this.findings = findings;
        allowance = new Allowance(limits, shares);
        ledger = new PathLedger(limits, allowance, findings);
    }

    /// <param name="endIsProven">Whether the input ends only where its sender has ended it.</param>
    public static ArchiveEnd Read(
        ArchiveInput input, bool endIsProven, LimitSettings limits, Shares shares, IPackageSink sink,
        FindingList findings)
    {
        var reader = new TarReader(input, endIsProven, limits, shares, sink, findings);
        while (reader.ReadEntry()) { }
        reader.ReadPadding();
        var folder = reader.ledger.Folder;
        if (folder is not null) sink.Unwrap(folder);
        return new ArchiveEnd(folder, reader.ledger.Beside);
    }

    /// <returns>False at the first of the two zero blocks, or at an end that has none.</returns>
    bool ReadEntry()
    {
        Span<byte> block = stackalloc byte[TarHeader.Block];
        block.Clear();
        var read = input.ReadUpTo(block);
        if (read < block.Length && !(read == 0 && endIsProven && hasEntry)) throw ArchiveRefused.NoEnd();
        if (!block.ContainsAnyExcept((byte)0))
        {
            if (pax is not null || longName is not null || hasLongLink)
                throw ArchiveRefused.Bad("an extended header without an entry after it");
            return false;
        }
        hasEntry = true;
        allowance.Header();
        var header = TarHeader.Read(block)
            ?? throw ArchiveRefused.Bad("a tar header with a wrong checksum, or not a tar at all");
        var type = (char)header.Type;
        if (type is 'x' or 'X' or 'g' or 'L' or 'K') ReadExtended(type, header);
        else ReadMember(type, header);
        return true;
    }

    void ReadExtended(char type, TarHeader header)
    {
        var size = header.Size ?? throw ArchiveRefused.Bad("a tar header without a right size");
        if (size > MostExtended)
        {
            var reason = type == 'L' ? ReasonCode.UnsafePath : ReasonCode.BadArchive;
            throw new ArchiveRefused(Finding.Of(reason, null, $"an extended header of {size} bytes"));
        }
        allowance.Bytes(default, size);
        var contents = new byte[size];
        input.ReadExactly(contents);
        input.Skip(Padding(size));
        switch (type)
        {
            case 'L' when longName is null:
                longName = WithoutEnd(contents);
                break;
            case 'K' when !hasLongLink:
                hasLongLink = true;
                break;
            case 'x' or 'X' when pax is null:
                pax = PaxRecords.Read(contents);
                break;
            case 'g':
                var all = PaxRecords.Read(contents);
                if (all.Path is not null || all.Size is not null)
                    throw ArchiveRefused.Bad("a global header gives one path or size to all entries");
                if (all.IsSparse) throw ArchiveRefused.Bad("a global header for sparse files");
                break;
            default:
                throw ArchiveRefused.Bad("two extended headers of one kind before one entry");
        }
    }

    void ReadMember(char type, TarHeader header)
    {
        if (pax?.Path is not null && longName is not null)
            throw ArchiveRefused.Bad("a pax path and a GNU long name for one entry");
        var name = pax?.Path ?? longName ?? header.Name;
        var sent = SentName.Printable(name);
        var size = pax?.Size ?? header.Size ?? throw ArchiveRefused.Bad("a tar header without a right size", sent);
        var sparse = type == 'S' || pax?.IsSparse == true;
        (pax, longName, hasLongLink) = (null, null, false);
        if (sparse)
        {
            findings.Add(ReasonCode.UnsafeType, sent, "a sparse file");
            throw ArchiveRefused.Bad("a sparse file: its contents are not in the archive as they are", sent);
        }
        var isFile = type is '0' or '\0' or '7' && !name.AsSpan().EndsWith("/"u8);
        if (!isFile && size != 0) throw ArchiveRefused.Bad($"contents for an entry of type {Shown(type)}", sent);
        if (isFile) ReadFile(name, sent, size);
        else if (type is '5' or '0' or '\0' or '7') ledger.AddFolder(name);
        else if (type is >= '1' and <= '6') RefuseType(type, name, sent);
        else throw ArchiveRefused.Bad($"an entry of type {Shown(type)}", sent);
    }

    void ReadFile(byte[] name, string sent, long size)
    {
        allowance.File(name, size);
        using var contents = new BoundedStream(input, size, sent);
        if (ledger.AddFile(name) is { } path) sink.Place(path, contents);
        input.Skip(contents.Left, sent);
        input.Skip(Padding(size), sent);
    }

    void RefuseType(char type, byte[] name, string sent)
    {
        allowance.File(name, 0);
        findings.Add(ReasonCode.UnsafeType, sent, type switch
        {
            '1' => "a hard link",
            '2' => "a symbolic link",
            '3' => "a character device",
            '4' => "a block device",
            _ => "a FIFO",
        });
    }

    /// <summary>Reads the second zero block, and zeros to the end of the file.</summary>
    void ReadPadding()
    {
        var padding = 0L;
        var block = new byte[TarHeader.Block];
        var read = input.ReadUpTo(block);
        // SharpZipLib and others write only one zero block.
        if (read < block.Length && !endIsProven) throw ArchiveRefused.NoEnd();
        for (; read > 0; read = input.ReadUpTo(block))
        {
            if (block.AsSpan(0, read).ContainsAnyExcept((byte)0))
                throw ArchiveRefused.Bad("bytes follow the end of the tar");
            if ((padding += read) > ZeroPadding.Most)
                throw ArchiveRefused.Bad($"more than {ZeroPadding.Most} zeros follow the end of the tar");
        }
    }

    static long Padding(long size) => (TarHeader.Block - size % TarHeader.Block) % TarHeader.Block;

    static byte[] WithoutEnd(byte[] name) => name is [.., 0] ? name[..^1] : name;

    static string Shown(char type) => type is > ' ' and < '\x7f' ? $"'{type}'" : $"0x{(int)type:x2}";
}
