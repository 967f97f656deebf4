using System.IO.Hashing;
using Difusor.Agent.Packages.Archives;

namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>
/// Spoils right and wrong archives at random and reads them. What must hold for any bytes: no exception, no path twice
/// or outside, no more than the limits allow, no memory to speak of; and what is good, another reader reads alike.
/// </summary>
static class ArchiveFuzz
{
    static readonly LimitSettings Limits =
        new() { Files = 50, FileSize = 100_000, PackageSize = 300_000, PathLength = 200, PathDepth = 8 };

    /// <summary>Reads spoiled archives of one form.</summary>
    public static void Run(PackageForm form, FuzzRun run)
    {
        var (random, seeds) = (run.Random, Seeds(form));
        while (run.Next())
        {
            var archive = Spoil(seeds[random.Next(seeds.Length)], seeds[random.Next(seeds.Length)], form, random);
            if (Try(form, archive)) run.Good++;
        }
    }

    /// <summary>Holds one archive to all that must hold; throws where it does not.</summary>
    public static bool Try(PackageForm form, byte[] archive)
    {
        var sink = new WarySink();
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var result = Archive.Unpack(form, new MemoryStream(archive, writable: false), Limits, sink);
            if (result.Stopped && result.Findings.IsEmpty)
                throw new InvalidOperationException("stopped without a finding");
            if (!result.Ends && !result.Stopped) throw new InvalidOperationException("not whole, and read to the end");
            if (result.Folder is { } folder && (result.Stopped || form != PackageForm.Zip && sink.Unwrapped != folder))
                throw new InvalidOperationException("a folder of a part");
            if (result.Findings.Any(finding => ReasonCodes.Named(finding.Code) is null))
                throw new InvalidOperationException("a finding of no reason");
            if (GC.GetAllocatedBytesForCurrentThread() - before > 4 << 20)
                throw new InvalidOperationException("allocates without measure");
            if (!result.Findings.IsEmpty) return false;
            OtherReader.SeesTheSame(form, archive, sink.Files);
            return true;
        }
        catch (Exception exception)
        {
            var kept = Path.Combine(Path.GetTempPath(), $"difusor-fuzz-{Guid.NewGuid():n}.{form}");
            File.WriteAllBytes(kept, archive);
            throw new InvalidOperationException($"{exception.Message} (the archive is kept as {kept})", exception);
        }
    }

    static byte[] Spoil(byte[] seed, byte[] other, PackageForm form, Random random)
    {
        List<byte> bytes = [.. seed];
        for (var i = random.Next(4); i >= 0 && bytes.Count > 8; i--)
        {
            var at = random.Next(2) == 0 ? random.Next(bytes.Count)
                : bytes.Count - 1 - random.Next(Math.Min(bytes.Count, 200));
            switch (random.Next(9))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes[at] = (byte)(random.Next(2) * 255); break;
                case 3: bytes.RemoveRange(at, random.Next(Math.Min(bytes.Count - at, 600))); break;
                case 4: bytes.InsertRange(at, other.AsSpan(random.Next(other.Length)).ToArray().Take(random.Next(600)));
                break;
                case 5: bytes.InsertRange(at, bytes.GetRange(at, random.Next(Math.Min(bytes.Count - at, 1200)))); break;
                case 6: bytes.RemoveRange(at, bytes.Count - at); break;
                case 7: for (var j = at; j < Math.Min(at + 4, bytes.Count); j++) bytes[j] = 0xff; break;
                default: for (var j = at; j < Math.Min(at + 8, bytes.Count); j++)
                    bytes[j] = (byte)(j == at ? random.Next(256) : 0); break;
            }
        }
        if (form == PackageForm.Tar || form == PackageForm.TarGz && random.Next(3) > 0) RightSums(bytes);
        byte[] spoiled = [.. bytes];
        return form == PackageForm.TarGz && random.Next(3) > 0 ? TarBuilder.Gzip(spoiled) : spoiled;
    }

    /// <summary>Checksums that hold again, most often, so that what lies behind them is reached.</summary>
    static void RightSums(List<byte> tar)
    {
        for (var at = 0; at + 512 <= tar.Count; at += 512)
        {
            if (tar[at] == 0 && tar[at + 156] == 0 || tar[at + 154] != 0) continue;
            var sum = 8 * ' ';
            for (var i = 0; i < 512; i++) if (i is < 148 or >= 156) sum += tar[at + i];
            var digits = TarBuilder.Latin(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ");
            for (var i = 0; i < 8; i++) tar[at + 148 + i] = digits[i];
        }
    }

    static byte[][] Seeds(PackageForm form)
    {
        if (form == PackageForm.Zip)
        {
            return
            [
                ZipBuilder.Of(
                    new ZipPart("PREP/index.html", "<html>"), new ZipPart("PREP/HASH", "abc") { Method = 0 },
                    new ZipPart("PREP/a/"), new ZipPart("PREP/a/b", new string('b', 3000))),
                ZipBuilder.Of(
                    new ZipPart("a", "a") { Descriptor = 16 }, new ZipPart("ñ", "b") { Descriptor = 12, Method = 0 },
                    new ZipPart("c/d", "") { Descriptor = 24, Large = true }),
                new ZipBuilder { LargeEnd = true, Comment = "hola"u8.ToArray() }.Build(
                    new ZipPart("a", "a") { Large = true }, new ZipPart([0xA4, 0xA5], [1, 2, 3])),
                ZipBuilder.Of(
                    new ZipPart("l", "/etc/passwd") { Attributes = 0xA1FFu << 16 }, new ZipPart("../a", "x"),
                    new ZipPart("e", "e") { Flags = 1 }),
                ZipBuilder.Of(
                    new ZipPart("HASH", $"{new string('0', 64)}  DIP/\u00c1\u00f1o.html\n") { Host = 0 },
                    new ZipPart([.. "DIP\\"u8, 0xB5, 0xA4, .. "o.html"u8], [1, 2]) { Host = 0 },
                    new ZipPart("DIP\\") { Host = 0, Method = 0 }),
                new ZipBuilder { After = new byte[300] }.Build(
                    new ZipPart("list.txt", $"{new string('0', 64)}  \u00e9\n"), new ZipPart([0xE9], [1]),
                    new ZipPart("a/") { Flags = 8, Method = 0 }, new ZipPart("a/b", "b") { LocalFlags = 8 }),
                ZipBuilder.Of(
                    new ZipPart("z"u8.ToArray(), new byte[90_000]),
                    new ZipPart("y"u8.ToArray(), ZipBuilder.Of(new ZipPart("i", "i"))) { Method = 0 }),
                ZipBuilder.Of(),
            ];
        }
        var noise = new byte[9000];
        new Random(1).NextBytes(noise);
        byte[][] tars =
        [
            new TarBuilder().Entry("PREP/"u8.ToArray(), '5').File("PREP/index.html", "<html>").File("PREP/HASH")
                .File("PREP/a/b", new string('b', 3000)).End(),
            new TarBuilder().Pax(("path", "DIP/niño.html"), ("size", "3")).File("x", "abc")
                .LongName("a/" + new string('b', 150)).File("x", form: TarBuilder.Form.Gnu).End(20),
            new TarBuilder().PaxGlobal(("comment", "x")).Entry("l"u8.ToArray(), '2', link: "/etc")
                .Entry("f"u8.ToArray(), '6').File("v", "v", TarBuilder.Form.V7).End(),
            new TarBuilder().Entry("a"u8.ToArray(), '0', new byte[90_000])
                .Entry("b"u8.ToArray(), '0', [1, 2], size: [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]).End(),
            new TarBuilder().Pax(("GNU.sparse.major", "1")).File("s").Entry("n"u8.ToArray(), '0', noise).End(),
        ];
        return form == PackageForm.Tar ? tars
            : [.. tars, .. tars.Select(tar => TarBuilder.Gzip(tar)),
            [.. TarBuilder.Gzip(tars[0][..700]), .. TarBuilder.Gzip([]), .. TarBuilder.Gzip(tars[0][700..])],
            [.. TarBuilder.Gzip(tars[0][..^512]), .. new byte[300]],
            [.. TarBuilder.Gzip(tars[0][..^1024]), .. TarBuilder.Gzip([]), .. new byte[20]]];
    }

    /// <summary>A sink that holds the reader to its word.</summary>
    sealed class WarySink : IPackageSink
    {
        readonly Dictionary<string, uint> files = [];
        readonly byte[] buffer = new byte[4096];
        long bytes;

        public string? Unwrapped { get; private set; }
        public IReadOnlyCollection<uint> Files => files.Values;

        public ContentEntry Place(RelativePath path, Stream source)
        {
            var full = Path.GetFullPath("/root/of/it/" + path.Value);
            if (full != "/root/of/it/" + path.Value) throw new InvalidOperationException($"'{path}' leads elsewhere");
            if (files.ContainsKey(path.Value) || files.Count >= Limits.Files)
                throw new InvalidOperationException($"'{path}' twice, or one too many");
            var size = 0L;
            var sum = new Crc32();
            while (source.Read(buffer) is var read and > 0)
            {
                sum.Append(buffer.AsSpan(0, read));
                size += read;
                if (size > Limits.FileSize || (bytes += read) > Limits.PackageSize)
                    throw new InvalidOperationException("more bytes than allowed");
            }
            files.Add(path.Value, sum.GetCurrentHashAsUInt32());
            return new ContentEntry(path, size, default);
        }

        public void Unwrap(string folder)
        {
            if (Unwrapped is not null || files.Count == 0
                || files.Keys.Any(path => !path.StartsWith(folder + "/", StringComparison.Ordinal)))
                throw new InvalidOperationException($"not all lies under '{folder}'");
            Unwrapped = folder;
        }
    }
}
