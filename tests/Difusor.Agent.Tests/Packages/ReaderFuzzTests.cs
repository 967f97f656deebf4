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
            "\u200D", "\u2028", "{", "}", "[", "]", "\"fechaCorte\":\"", "\",\"horaCorte\":\"", "PK\u0003\u0004",
            "8:20 p. m." }
            .Select(System.Text.Encoding.UTF8.GetBytes),
        [0xFF], [0xC2], [.. Enumerable.Repeat((byte)'a', 300)],
    ];

    static readonly CorteInJson[] Places =
        [new("*", "fecha", "hora", null), new("*", null, null, "corte"), new("*", null, null, "2021/06/06 20:20")];

    [Fact]
    public void NoHashFileBreaksItsReader() => Fuzz("manifests", part => HashFileName.Is(part.Path), (path, bytes) =>
    {
        var reading = HashFile.Parse(path, bytes);
        Assert.True(reading.File is null != reading.Problem is null);
        if (reading.File is not { } file) return false;
        foreach (var entry in file.Entries)
            Assert.StartsWith("/root/of/it/", Path.GetFullPath(entry.Path.Value, "/root/of/it"));
        // What was understood is written and understood again the same way.
        if (file.Count > 0 && path.Folder.Length == 0 && HashFileName.Algorithm(path.Value) is null)
            Assert.Equal(
                file.Entries, HashFile.Parse(path, HashFileWriter.Write(file.Entries, HashFormat.Bsd)).File!.Entries);
        return true;
    });

    [Fact]
    public void NoHeaderBreaksItsReader() => Fuzz("headers", part => CorteHeader.IsDataFile(part.Path), (_, bytes) =>
        CorteHeader.Read(bytes) is { Stamp.Local.Year: > 0 });

    [Fact]
    public void NoJsonBreaksItsReader() => Fuzz("json", part => CorteJson.Is(part.Path), (_, bytes) =>
        CorteJson.Read(bytes, Places).Any(stamp => stamp.Local.Year > 0));

    [Fact]
    public void NoArchiveWithinAPackageBreaksTheReaderOfItsTables() =>
        Fuzz("archives within", part => part.Path.Contains('/') && CorteSources.Of(part.Path) == CorteSource.Archive,
            (path, bytes) => ArchivedTables.Read(PackageName.FormOf(path.Value), bytes).Count > 0);

    static void Fuzz(string what, Func<CorpusCase.Part, bool> isSeed, Func<RelativePath, byte[], bool> reads)
    {
        var seeds = Directory.EnumerateFiles(
            Path.Combine(AppContext.BaseDirectory, "corpus"), "*.case", SearchOption.AllDirectories)
            .SelectMany(file => CorpusCase.Read(file).Parts).Where(part => isSeed(part) && part.Bytes.Length < 10_000)
            .Select(part => (RelativePath.Read(part.Path, PathLimits.Default).Path!, part.Bytes))
                .Where(seed => seed.Item1 is not null).ToArray();
        var run = new FuzzRun(usual: 5000, seed: 1);
        while (run.Next())
        {
            var (path, bytes) = seeds[run.Random.Next(seeds.Length)];
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
