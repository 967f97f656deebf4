using Difusor.Agent.Packages.Archives;
using Difusor.Agent.Tests.Corpus;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Packages;

/// <summary>The corpus's HASH files, headers, JSON and archives within packages, spoiled.</summary>
public sealed class ReaderFuzzTests
{
    static readonly byte[][] Tokens =
    [
        .. new[] { "\n", "\r\n", "\\", "  ", " *", "(", ") = ", "SHA256 (", "../", "/", "\0", "\uFEFF", "#", "é",
            "(UTC-5)", "2021/06/06 20:20", "sep=|\n", "99", ":", "٢٠٢١/٠٦/٠٦ ٢٠:٢٠", "६", "９", "\U0001D7D8", "\u202E",
            "\u200D", "\u2028", "{", "}", "[", "]", "\"fechaCorte\":\"", "\",\"horaCorte\":\"",
            "PK\u0003\u0004", "8:20 p. m." }
            .Concat(["; ", ";", ",", "\"", "\t", ":", "|", "%%%% size,md5,filename\n", "## ",
                "CertUtil: -hashfile x\n", "SHA256 hash of ", "hash de archivo ", ":\r\n", "Algorithm : SHA256\n",
                "Path : ", "\n\n", "----\n", "-----BEGIN PGP SIGNED MESSAGE-----\n\n",
                "-----BEGIN PGP SIGNATURE-----\n", "7-Zip \n", "C:\\", "..\\", "hash;archivo\n",
                ">certutil -hashfile ", "// "])
            .Select(System.Text.Encoding.UTF8.GetBytes),
        [0xFF], [0xC2], [0xFF, 0xFE], [0xFE, 0xFF], [0], [.. Enumerable.Repeat((byte)'a', 300)],
    ];

    static readonly CorteInJson[] Places =
        [new("*", "fecha", "hora", null), new("*", null, null, "corte"), new("*", null, null, "2021/06/06 20:20")];

    [Fact]
    public void NoHashFileBreaksItsReader() =>
        Fuzz("manifests", OfTheCorpus(part => HashFileName.Is(part.Path)), (path, bytes) => Reads(path, bytes, null));

    /// <summary>
    /// Each form of each tool, in each wrapping; and the same lists, read as lines that are described.
    /// </summary>
    [Theory, InlineData(null), InlineData(";"), InlineData(","), InlineData(" "), InlineData("|")]
    public void NoListOfAToolBreaksItsReader(string? separator)
    {
        var line = separator is null ? null : new HashLine(separator, 1, separator == "|" ? 3 : 2);
        Fuzz($"lists, by {line}", OfTheTools(), (path, bytes) => Reads(path, bytes, line));
    }

    /// <summary>What is accepted has the digest of each file in it, whatever the list is named.</summary>
    [Theory, InlineData("HASH.txt"), InlineData("datos.csv")]
    public void NoListBreaksItsVerdict(string name) => Fuzz($"verdicts over {name}", OfTheTools(), (_, bytes) =>
    {
        var contents = new MemoryContents();
        foreach (var path in Names) contents.Place(RelativePath.Own(path), Utf8.GetBytes(path));
        contents.Place(RelativePath.Own(name), bytes);
        var offer = new PackageOffer("20210606_2020_PREP_MEX", []);
        if (!Verifier.Judge(offer, contents, VerificationRules.Default).Accepted) return false;
        var text = (bytes[0] == 0xFF ? System.Text.Encoding.Unicode
            : bytes[0] == 0xFE ? System.Text.Encoding.BigEndianUnicode : Utf8).GetString(bytes).Replace(" ", "");
        foreach (var path in Names)
            Assert.Contains(Digest.Sha256(Utf8.GetBytes(path)).Hex, text, StringComparison.OrdinalIgnoreCase);
        return true;
    });

    static readonly System.Text.Encoding Utf8 = System.Text.Encoding.UTF8;
    static readonly string[] Names = ["index.html", "DIP/001.html", "México 1.html"];

    static (RelativePath Path, byte[] Bytes)[] OfTheTools()
    {
        ManifestEntry[] entries =
        [
            .. Names.Select(name =>
                new ManifestEntry(RelativePath.Own(name), Digest.Sha256(Utf8.GetBytes(name)))),
        ];
        return
        [
            .. from format in Enum.GetValues<HashFormat>()
               from wrapping in Enum.GetValues<HashWrapping>()
               select (RelativePath.Own("HASH.txt"), HashFileWriter.Write(entries, format, wrapping)),
            (RelativePath.Own("HASH.txt"), HashFileWriter.Wrap(
                string.Concat(entries.Select(entry => $"{entry.Path}|98|{entry.Digest.Hex}\n")), HashWrapping.Plain)),
        ];
    }

    static bool Reads(RelativePath path, byte[] bytes, HashLine? line)
    {
        var before = (byte[])bytes.Clone();
        var reading = HashFile.Parse(path, bytes, PathLimits.Default, HashFileReader.MostEntries, line);
        Assert.True(reading.File is null != reading.Problem is null);
        Assert.Equal(before, bytes);
        if (reading.File is not { } file) return false;
        foreach (var entry in file.Entries)
            Assert.StartsWith("/root/of/it/", Path.GetFullPath(entry.Path.Value, "/root/of/it"));
        // What was understood is written and understood again the same way.
        if (file.Count > 0 && path.Folder.Length == 0 && HashFileName.Algorithm(path.Value) is null)
            Assert.Equal(
                file.Entries, HashFile.Parse(path, HashFileWriter.Write(file.Entries, HashFormat.Bsd)).File!.Entries);
        return true;
    }

    [Fact]
    public void NoHeaderBreaksItsReader() =>
        Fuzz("headers", OfTheCorpus(part => CorteHeader.IsDataFile(part.Path)), (_, bytes) =>
            CorteHeader.Read(bytes) is { Stamp.Local.Year: > 0 });

    [Fact]
    public void NoJsonBreaksItsReader() => Fuzz("json", OfTheCorpus(part => CorteJson.Is(part.Path)), (_, bytes) =>
        CorteJson.Read(bytes, Places).Any(stamp => stamp.Local.Year > 0));

    [Fact]
    public void NoArchiveWithinAPackageBreaksTheReaderOfItsTables() => Fuzz(
        "archives within",
        OfTheCorpus(part => part.Path.Contains('/') && CorteSources.Of(part.Path) == CorteSource.Archive),
        (path, bytes) => ArchivedTables.Read(PackageName.FormOf(path.Value), bytes).Count > 0);

    static (RelativePath Path, byte[] Bytes)[] OfTheCorpus(Func<CorpusCase.Part, bool> isSeed) =>
    [
        .. Directory.EnumerateFiles(
            Path.Combine(AppContext.BaseDirectory, "corpus"), "*.case", SearchOption.AllDirectories)
            .SelectMany(file => CorpusCase.Read(file).Parts).Where(part => isSeed(part) && part.Bytes.Length < 10_000)
            .Select(part => (Path: RelativePath.Read(part.Path, PathLimits.Default).Path!, part.Bytes))
            .Where(seed => seed.Path is not null),
    ];

    static void Fuzz(
        string what, IReadOnlyList<(RelativePath Path, byte[] Bytes)> seeds, Func<RelativePath, byte[], bool> reads)
    {
        var run = new FuzzRun(usual: 5000, seed: 1);
        while (run.Next())
        {
            var (path, bytes) = seeds[run.Random.Next(seeds.Count)];
            var spoiled = Spoil(bytes, run.Random);
            try { if (reads(path, spoiled)) run.Good++; }
            catch (Exception fault) { Assert.Fail($"{path}, {Convert.ToHexString(spoiled)}: {fault}"); }
        }
        Assert.InRange(run.Good, 1, run.Read - 1);
        run.Tell(what);
    }

    static byte[] Spoil(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0: if (at < bytes.Count) bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                default: if (at < bytes.Count) bytes[at] ^= (byte)(1 << random.Next(8)); break;
            }
        }
        return [.. bytes];
    }
}
