using System.Security.Cryptography;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Difusor.Agent.Tests.Packages;

public class HashFileTests
{
    static readonly RelativePath Manifest = RelativePath.Own("PREP.hash");

    /// <summary>
    /// Names that a sender may choose: dots, spaces, parentheses, accents, what looks like a digest or a tag.
    /// </summary>
    static readonly Gen<string> Segments = Gen.OneOf(
        Gen.Elements(
            "index.html", " a", "a ", "x) = 00", "SHA256 (a", "*star", "México.html", "..a", "a..", "#",
            "\U0001F5F3.html", new string('f', 64)),
        Gen.Elements("abc .()=*#áñ€\U00010330-_".EnumerateRunes().ToArray()).NonEmptyListOf()
            .Select(runes => string.Concat(runes.Take(40))));

    static readonly Gen<RelativePath> Paths = Segments.NonEmptyListOf()
        .Select(segments => string.Join('/', segments.Take(5)))
        .Where(path => RelativePath.Read(path, PathLimits.Default).Path?.Value == path)
        .Select(path => RelativePath.Own(path));

    static readonly Gen<ManifestEntry> Entries =
        Paths.SelectMany(path => Gen.Elements(Enum.GetValues<DigestAlgorithm>())
        .Select(algorithm =>
            new ManifestEntry(
            path, new Digest(
            algorithm,
            CryptographicOperations.HashData(algorithm.System(), Encoding.UTF8.GetBytes(path.Value))))));

    [Property(MaxTest = 2000)]
    public Property WhatIsWrittenIsReadBack() =>
        Prop.ForAll(
            Arb.From(Entries.NonEmptyListOf()), Arb.From(Gen.Elements(Enum.GetValues<HashFormat>())),
            Arb.From(Gen.Elements(Enum.GetValues<HashWrapping>())),
            (entries, format, wrapping) =>
        {
            var stated = entries.Where(entry => HashFileWriter.CanState(entry, format)).ToList();
            return stated.Count == 0 || HashFile.Parse(Manifest, HashFileWriter.Write(stated, format, wrapping))
                .File!.Entries.SequenceEqual(stated);
        });

    /// <summary>What looks like a form and is not: a digit too few, one too many, one that is none.</summary>
    [Fact]
    public void ASpoiledDigestIsRefusedInEachForm()
    {
        ManifestEntry[] entries =
        [
            .. new[] { "index.html", "DIP/001.html", "bd/MEX.txt" }.Select(name =>
                new ManifestEntry(RelativePath.Own(name), Digest.Sha256(Encoding.UTF8.GetBytes(name)))),
        ];
        // certutil of old writes a blank between two bytes.
        var hex = string.Join(" ?", entries[1].Digest.Hex.Chunk(2).Select(two => new string(two)));
        Func<string, string>[] spoiled = [whole => whole[..^1], whole => whole + "0", whole => whole[..^1] + "g"];
        foreach (var format in Enum.GetValues<HashFormat>())
            foreach (var spoil in spoiled)
            {
                var text = Encoding.UTF8.GetString(HashFileWriter.Write(entries, format));
                var other = Regex.Replace(text, hex, found => spoil(found.Value), RegexOptions.IgnoreCase);
                Assert.NotEqual(text, other);
                Assert.True(HashFile.Parse(Manifest, Encoding.UTF8.GetBytes(other)).File is null, other);
            }
    }

    [Property(MaxTest = 300)]
    public Property ASidecarIsReadBack() => Prop.ForAll(Arb.From(Entries), entry =>
        HashFile.Parse(RelativePath.Own("index.html.hash"), HashFileWriter.WriteBare(entry.Digest))
            .File!.Bare == entry.Digest);

    [Property(MaxTest = 2000)]
    public bool NoBytesCrashTheReaderOrGiveAValueBesideAnError(byte[] bytes)
    {
        var reading = HashFile.Parse(Manifest, bytes);
        return reading.File is null != reading.Problem is null;
    }

    [Property(MaxTest = 500)]
    public Property LinesCutAndMixedDoNotEither() =>
        Prop.ForAll(
            Arb.From(Entries.NonEmptyListOf()), Arb.From(Gen.Choose(0, int.MaxValue).ListOf(6)), (entries, cuts) =>
        {
            var bytes = HashFileWriter.Write(entries, HashFormat.Bsd);
            foreach (var cut in cuts) bytes[cut % bytes.Length] = (byte)(cut >> 16);
            var reading = HashFile.Parse(Manifest, bytes);
            return reading.File is null != reading.Problem is null;
        });

    [Property(MaxTest = 2000)]
    public Property APathThatIsReadNeverLeavesItsRoot()
    {
        var hostile = Gen.Elements("..", ".", "/", "\\", "a", "\n", "\0", "é", "..a", "~", " ", "\u2028").ListOf()
            .Select(string.Concat);
        return Prop.ForAll(Arb.From(hostile), text => RelativePath.Read(text, PathLimits.Default).Path is not { } path
            || Path.GetFullPath(path.Value, "/root/of/it").StartsWith("/root/of/it/", StringComparison.Ordinal));
    }

    [Fact]
    public void AMillionLinesAreReadAndOneLineOfAGigabyteIsRefusedAtItsBeginning()
    {
        var digest = Digest.Sha256([]);
        var lines = new StringBuilder();
        for (var i = 0; i < 1_000_000; i++) lines.Append(digest.Hex).Append("  DIP/").Append(i).Append(".html\n");
        Assert.Equal(1_000_000, HashFile.Parse(Manifest, Encoding.UTF8.GetBytes(lines.ToString())).File!.Count);
        Assert.Equal(
            $"line 1, '{string.Concat(Enumerable.Repeat("\\x00", 15))}…': longer than 2560 bytes",
            HashFile.Parse(Manifest, new byte[100_000_000]).Problem!.Detail);
    }

    [Fact]
    public void MoreEntriesThanAllowedAreRefused()
    {
        var text = Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Range(0, 11).Select(i => $"{Digest.Sha256([]).Hex}  {i}\n")));
        Assert.Contains(
            "more entries than", HashFile.Parse(Manifest, text, PathLimits.Default, mostEntries: 10).Problem!.Detail);
    }

    [Theory]
    [InlineData("HASH", true), InlineData("hash.TXT", true), InlineData("Hashes.txt", true),
        InlineData("a/PREP.hash", true), InlineData("x.MD5", true)]
    [InlineData("SHA256SUMS", true), InlineData("b2sums.txt", true), InlineData("manifest-sha256.txt", true),
        InlineData("Manifest-SHA-512.TXT", true)]
    [InlineData("manifest-x.txt", false), InlineData("hash.html", false), InlineData("hash/index.html", false),
        InlineData("xhash", false), InlineData("sums", true)]
    public void TheNameTellsAHashFile(string path, bool isHash) => Assert.Equal(isHash, HashFileName.Is(path));
}
