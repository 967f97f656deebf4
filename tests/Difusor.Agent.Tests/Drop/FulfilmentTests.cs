using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

/// <summary>
/// What is counted file by file is what counting from the beginning gives, in whatever order the files come, change and
/// go.
/// </summary>
public sealed class FulfilmentTests
{
    static readonly string[] Pages = ["a.html", "b.html", "dip/a.html", "dip/b.html", "bd/PREP.csv"];
    static readonly string[] Hashes =
        ["SHA256SUMS", "HASH.txt", "a.html.sha256", "todo.hash", "dip/SHA256SUMS", "SHA512SUMS"];

    /// <summary>Files that need no cover: leftovers, litter and a signature.</summary>
    static readonly string[] Others = ["a.html.part", "dip/.rsync-tmp/a.html", "Thumbs.db", "SHA256SUMS.asc"];

    readonly Fulfilment fulfilment = new(mostFiles: 100);
    readonly SortedDictionary<string, string> files = new(StringComparer.Ordinal);

    void Place(string path, string text)
    {
        files[path] = text;
        fulfilment.Place(
            EntryOf(path, text), ReadingOf(path, text) is { } hash ? Manifest.Of(hash, Fulfilment.MostStated(100))
            : null);
    }

    void Remove(string path)
    {
        files.Remove(path);
        fulfilment.Remove(RelativePath.Own(path));
    }

    static ContentEntry EntryOf(string path, string text) =>
        new(RelativePath.Own(path), text.Length, Digest.Sha256(Encoding.UTF8.GetBytes(text)));

    static HashFile? ReadingOf(string path, string text) =>
        HashFileName.Is(path) ? HashFile.Parse(RelativePath.Own(path), Encoding.UTF8.GetBytes(text)).File : null;

    static string Line(string path, string text) => $"{Digest.Sha256(Encoding.UTF8.GetBytes(text)).Hex}  {path}\n";

    /// <summary>The same question, answered from nothing but the files.</summary>
    bool IsWhole() =>
        files.Keys.Any(path => !path.Contains('/') && ReadingOf(path, files[path]) is { } hash && Fulfils(hash));

    bool Fulfils(HashFile hash)
    {
        if (hash.Count == 0 || (hash.Count == 1 && HashFileName.SidecarTarget(hash.Path.Value) is not null))
            return false;
        var stated = hash.Entries.Where(entry => entry.Path != hash.Path).GroupBy(entry => entry.Path.Value).ToList();
        var plain = files.Keys.Where(path => Pages.Contains(path)).ToHashSet();
        return plain.Count > 0 && plain.SetEquals(stated.Select(path => path.Key).Where(IsPlain))
            && stated.All(Matches);
    }

    static bool IsPlain(string path) => Pages.Contains(path) || path == "not-there.html";

    bool Matches(IGrouping<string, ManifestEntry> stated)
    {
        if (!files.TryGetValue(stated.Key, out var text)) return false;
        var comparable = stated.Where(entry => entry.Digest.Algorithm == DigestAlgorithm.Sha256).ToList();
        return comparable.Count == 0 || comparable[^1].Digest == EntryOf(stated.Key, text).Sha256;
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7),
        InlineData(8)]
    public void AnyOrderOfArrivalsChangesAndLossesCountsTheSame(int seed)
    {
        var random = new Random(seed);
        var whole = 0;
        for (var step = 0; step < 4000; step++)
        {
            var isHash = random.Next(3) == 0;
            var path = isHash ? Hashes[random.Next(Hashes.Length)]
                : random.Next(4) == 0 ? Others[random.Next(Others.Length)] : Pages[random.Next(Pages.Length)];
            if (random.Next(6) == 0) Remove(path);
            else Place(path, isHash ? SomeHash(random, path) : $"{random.Next(2)}");
            Assert.True(
                IsWhole() == fulfilment.LooksWhole, $"seed {seed}, step {step}: {string.Join(", ", files.Keys)}");
            if (fulfilment.LooksWhole) whole++;
        }
        Assert.True(whole > 50, $"whole only {whole} times: nothing was tried");
    }

    /// <summary>
    /// Mostly right, of all that there is; at times with a line too many, one too few, twice, wrong, of another
    /// algorithm, or of itself.
    /// </summary>
    string SomeHash(Random random, string path)
    {
        var text = new StringBuilder();
        var folder = path.Contains('/') ? "dip/" : "";
        foreach (var (other, contents) in files.Where(file => file.Key.StartsWith(folder, StringComparison.Ordinal)))
        {
            var name = other[folder.Length..];
            if (!Pages.Contains(other) && random.Next(4) > 0) continue;
            if (random.Next(40) == 0) continue;
            if (path == "SHA512SUMS") text.Append($"{new string('0', 128)}  {name}\n");
            else text.Append(Line(name, random.Next(40) == 0 ? "other" : contents));
            if (path == "HASH.txt" && random.Next(10) == 0)
                text.Append(random.Next(2) == 0 ? Line(name, contents) : $"{new string('0', 128)}  {name}\n");
        }
        if (random.Next(30) == 0) text.Append(Line("not-there.html", "x"));
        return text.Length > 0 ? text.ToString() : Line("not-there.html", "x");
    }

    [Fact]
    public void TheLastFileIsTheOneThatMakesItWhole()
    {
        Place("SHA256SUMS", Line("a.html", "a") + Line("b.html", "b"));
        Place("a.html", "a");
        Assert.False(fulfilment.LooksWhole);
        Place("b.html", "b");
        Assert.True(fulfilment.LooksWhole);
        Place("b.html", "changed");
        Assert.False(fulfilment.LooksWhole);
    }

    [Fact]
    public void ASidecarDoesNotMakeItsOneFileAPackage()
    {
        Place("a.html", "a");
        Place("a.html.sha256", Line("a.html", "a"));
        Assert.False(fulfilment.LooksWhole);
    }

    [Fact]
    public void AFileThatNoManifestStatesKeepsItFromBeingWhole()
    {
        Place("a.html", "a");
        Place("SHA256SUMS", Line("a.html", "a"));
        Place("b.html", "b");
        Assert.False(fulfilment.LooksWhole);
        Remove("b.html");
        Assert.True(fulfilment.LooksWhole);
    }

    [Fact]
    public void AManifestOfMorePathsThanAPackageMayHaveIsNeverFulfilledAndNotKept()
    {
        Place("a.html", "a");
        Place("SHA256SUMS",
            Line("a.html", "a") + string.Concat(
            Enumerable.Range(0, 50_000).Select(number => Line($"{number}.html", ""))));
        Assert.False(fulfilment.LooksWhole);
        Assert.InRange(fulfilment.Paths, 1, 202);
        Place("SHA256SUMS", Line("a.html", "a"));
        Assert.True(fulfilment.LooksWhole);
    }

    [Fact]
    public void WhatAManifestStatedThatWasReplacedIsForgotten()
    {
        Place("a.html", "a");
        for (var round = 0; round < 10; round++)
            Place("SHA256SUMS",
                string.Concat(Enumerable.Range(0, 50).Select(number => Line($"{round}-{number}.html", ""))));
        Assert.Equal(52, fulfilment.Paths);
        Remove("SHA256SUMS");
        Assert.Equal(1, fulfilment.Paths);
    }
}
