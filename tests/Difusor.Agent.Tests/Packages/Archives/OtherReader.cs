using System.Formats.Tar;
using System.IO.Compression;
using System.IO.Hashing;

namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>
/// The platform's own, forgiving readers: what our strict one accepts holds the same contents for them, if they read
/// it.
/// </summary>
static class OtherReader
{
    public static void SeesTheSame(PackageForm form, byte[] archive, IReadOnlyCollection<uint> sums)
    {
        List<uint> others;
        try { others = form == PackageForm.Zip ? Zip(archive) : Tar(form, archive); }
        // A time or an owner that is no number, which we do not read; an end with one zero block or none.
        catch (Exception refused)
            when (refused is InvalidDataException or OverflowException or EndOfStreamException) { return; }
        if (!others.Order().SequenceEqual(sums.Order()))
            throw new InvalidOperationException(
                $"another reader sees {others.Count} other files than our {sums.Count}");
    }

    static List<uint> Zip(byte[] archive)
    {
        using var zip = new ZipArchive(new MemoryStream(archive), ZipArchiveMode.Read);
        List<uint> sums = [];
        foreach (var entry in zip.Entries)
        {
            if (entry.FullName is [.., '/' or '\\'] || (entry.ExternalAttributes >> 16 & 0xF000) == 0x4000) continue;
            using var contents = entry.Open();
            sums.Add(Sum(contents));
        }
        return sums;
    }

    static List<uint> Tar(PackageForm form, byte[] archive)
    {
        Stream plain = new MemoryStream(archive);
        if (form == PackageForm.TarGz) plain = new GZipStream(plain, CompressionMode.Decompress);
        using var tar = new System.Formats.Tar.TarReader(plain);
        List<uint> sums = [];
        while (tar.GetNextEntry() is { } entry)
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile
                && !entry.Name.EndsWith('/'))
                sums.Add(entry.DataStream is { } contents ? Sum(contents) : 0);
        return sums;
    }

    static uint Sum(Stream contents)
    {
        var sum = new Crc32();
        sum.Append(contents);
        return sum.GetCurrentHashAsUInt32();
    }
}
