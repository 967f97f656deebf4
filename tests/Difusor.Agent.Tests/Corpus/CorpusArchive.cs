using Difusor.Agent.Tests.Packages.Archives;

namespace Difusor.Agent.Tests.Corpus;

/// <summary>
/// The archive of a corpus case that says by <c>archive:</c> how a tool made it, written byte by byte.
/// </summary>
sealed class CorpusArchive(CorpusCase test)
{
    public byte[] Bytes =>
        test.Form == "zip" ? Zip() : [.. test.Form == "tar" ? Tar() : TarBuilder.Gzip(Tar()), .. After];

    byte[] After => [.. new byte[Number("zeros", 0)], .. Encoding.UTF8.GetBytes(Word("after") ?? "")];

    byte[] Zip() =>
        new ZipBuilder { After = After, LargeEnd = Word("volumes") is not null, Volumes = (uint)Number("volumes", 1) }
            .Build([.. test.Parts.Select(Entry)]);

    ZipPart Entry(CorpusCase.Part part) => new(Name(part), part.Bytes)
    {
        Flags = (ushort)(part.Options.Contains("utf8") ? 1 << 11 : Number("flags", 0)),
        LocalFlags = Word("local-flags") is null ? null : (ushort)Number("local-flags", 0),
        CentralFlags = Word("central-flags") is null ? null : (ushort)Number("central-flags", 0),
        Method = (ushort)Number("method", part.Path[^1] is '/' or '\\' ? 0 : 8),
        Packed = Word("method") is null ? null : part.Bytes,
        Host = (byte)Number("host", 3),
        Descriptor = Number("descriptor", 0),
        Large = Word("later") is not null,
        LaterSize = Number("later", 0),
        Extra = Convert.FromHexString(Word("extra") ?? ""),
        LocalName = part.Options.FirstOrDefault(option => option.StartsWith("local-name ", StringComparison.Ordinal))
            is { } option ? Encoding.UTF8.GetBytes(option[11..]) : null,
    };

    byte[] Name(CorpusCase.Part part) =>
        (part.Options.Contains("utf8") ? null : CodePagesEncodingProvider.Instance.GetEncoding(Number("names", 65001)))
            is { } codePage ? codePage.GetBytes(part.Path) : Encoding.UTF8.GetBytes(part.Path);

    byte[] Tar()
    {
        var tar = new TarBuilder();
        foreach (var part in test.Parts)
        {
            if (part.Options.Contains("sparse"))
                tar.Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", part.Path));
            tar.Entry(Encoding.UTF8.GetBytes(part.Path), part.Path[^1] == '/' ? '5' : '0', part.Bytes);
        }
        return tar.End(Number("end-blocks", 2));
    }

    string? Word(string key) => test.Archive.GetValueOrDefault(key);

    int Number(string key, int otherwise) =>
        Word(key) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
