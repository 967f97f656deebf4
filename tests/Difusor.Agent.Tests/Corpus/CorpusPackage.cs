using System.Formats.Tar;
using System.IO.Compression;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Corpus;

/// <summary>A corpus case's package on disk, in a folder of its own that goes away again.</summary>
sealed class CorpusPackage : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("corpus-").FullName;

    public CorpusPackage(CorpusCase test)
    {
        Path = System.IO.Path.Combine(folder, test.Name);
        if (test.Form == "folder") MakeFolder(test);
        else MakeArchive(test);
        foreach (var part in test.Beside) File.WriteAllBytes(System.IO.Path.Combine(folder, part.Path), part.Bytes);
    }

    public string Path { get; }

    void MakeFolder(CorpusCase test)
    {
        Directory.CreateDirectory(Path);
        foreach (var part in test.Parts)
        {
            var file = System.IO.Path.Combine(Path, part.Path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, part.Bytes);
        }
        foreach (var (path, kind) in test.Specials)
        {
            var file = System.IO.Path.Combine(Path, path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            if (kind == "folder") Directory.CreateDirectory(file);
            else if (kind == "link") File.CreateSymbolicLink(file, "/etc/passwd");
            else if (kind == "link-folder") File.CreateSymbolicLink(file, "/etc");
            else Assert.Equal(0, Syscall.mkfifo(file, (FilePermissions)0x1A4));
        }
    }

    void MakeArchive(CorpusCase test)
    {
        var whole = test.Archive.Count > 0 ? new CorpusArchive(test).Bytes
            : test.Form == "raw" ? test.Parts[0].Bytes : ArchiveOf(test.Form, test.Parts, test.Specials);
        if (test.Encrypted) SetEncryptedFlags(whole);
        File.WriteAllBytes(Path, test.CutTo > 0 ? whole[..^test.CutTo] : whole);
    }

    /// <param name="form"><c>zip</c>, <c>tar</c> or <c>tar.gz</c>.</param>
    public static byte[] ArchiveOf(
        string form, IReadOnlyList<CorpusCase.Part> parts, IReadOnlyList<(string Path, string Kind)>? specials = null)
    {
        using var bytes = new MemoryStream();
        if (form == "zip") WriteZip(parts, bytes);
        else if (form == "tar") WriteTar(parts, specials ?? [], bytes);
        else
        {
            using var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true);
            WriteTar(parts, specials ?? [], gzip);
        }
        return bytes.ToArray();
    }

    /// <summary>The same archive has the same digest each time.</summary>
    static readonly DateTimeOffset Packed = new(2021, 6, 6, 20, 21, 0, TimeSpan.Zero);

    static void WriteZip(IReadOnlyList<CorpusCase.Part> parts, Stream into)
    {
        using var zip = new ZipArchive(into, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var part in parts)
        {
            var entry = zip.CreateEntry(part.Path, CompressionLevel.Optimal);
            entry.LastWriteTime = Packed;
            using var content = entry.Open();
            content.Write(part.Bytes);
        }
    }

    static void WriteTar(
        IReadOnlyList<CorpusCase.Part> parts, IReadOnlyList<(string Path, string Kind)> specials, Stream into)
    {
        using var tar = new TarWriter(into, TarEntryFormat.Gnu, leaveOpen: true);
        foreach (var part in parts)
            tar.WriteEntry(
                new GnuTarEntry(TarEntryType.RegularFile, part.Path)
                {
                    DataStream = new MemoryStream(part.Bytes), ModificationTime = Packed,
                });
        foreach (var (path, kind) in specials)
            tar.WriteEntry(kind == "fifo" ? new GnuTarEntry(TarEntryType.Fifo, path)
                : new GnuTarEntry(
                    kind == "hard-link" ? TarEntryType.HardLink : TarEntryType.SymbolicLink,
                    path) { LinkName = parts[0].Path });
    }

    /// <summary>Bit 0 of the general purpose flags (APPNOTE 4.4.4), in every local and central header.</summary>
    static void SetEncryptedFlags(byte[] zip)
    {
        for (var at = 0; at + 10 < zip.Length; at++)
            if (zip.AsSpan(at).StartsWith(Encoding.ASCII.GetBytes("PK\u0003\u0004"))) zip[at + 6] |= 1;
            else if (zip.AsSpan(at).StartsWith(Encoding.ASCII.GetBytes("PK\u0001\u0002"))) zip[at + 8] |= 1;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
