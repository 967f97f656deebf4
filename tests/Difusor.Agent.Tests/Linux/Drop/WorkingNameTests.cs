using System.Collections.Concurrent;
using Difusor.Agent.Configuration;
using Difusor.Agent.Daemon;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Night;
using Difusor.Agent.Tests.Packages.Archives;

namespace Difusor.Agent.Tests.Linux;

/// <summary>A sender uploads under a working name, and renames what is whole: a release has the folders that its files
/// need, and no others.</summary>
public sealed class WorkingNameTests
{
    const string Root = "20210606_2020_PREP";

    static SortedDictionary<string, string> Package()
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["bd/PREP.csv"] = "PREP 2021\n2021/06/06 20:20 (UTC-6)\nA|B\n1|2\n", ["index.html"] = "<p>inicio</p>",
            ["dip/loc/01/casillas/1.html"] = "<p>1</p>", ["dip/loc/02/2.html"] = "<p>2</p>",
        };
        files["SHA256SUMS"] = string.Concat(files.Select(file => $"{DropNight.Hex(file.Value)}  {file.Key}\n"));
        return files;
    }

    public static TheoryData<DropLayout, string> Depths
    {
        get
        {
            var data = new TheoryData<DropLayout, string>();
            foreach (var layout in Enum.GetValues<DropLayout>())
                foreach (var folder in new[] { "bd", "dip", "dip/loc", "dip/loc/01", "dip/loc/01/casillas" })
                    data.Add(layout, folder);
            data.Add(DropLayout.Packages, "");
            return data;
        }
    }

    [Theory, MemberData(nameof(Depths))]
    public void AFolderThatIsRenamedOnceItIsWholeLeavesNoEmptyOneBehind(DropLayout layout, string renamed)
    {
        using var night = Night(layout);
        var root = layout == DropLayout.Tree ? "" : Root;
        var final = $"{root}/{renamed}".Trim('/');
        var working = final + "_subiendo";
        var package = Package();
        foreach (var (path, text) in package.Where(file => file.Key != "SHA256SUMS"))
            night.PutFile(
                $"{root}/{path}".Trim('/').Replace(final + "/", working + "/", StringComparison.Ordinal), text);
        Bounded.Until(() => Staged(night).Count == package.Count - 1, "what was uploaded, staged");
        Directory.Move(night.In(working), night.In(final));
        night.PutFile($"{root}/SHA256SUMS".TrimStart('/'), package["SHA256SUMS"]);
        IsPublishedExactly(night, package);
    }

    [Fact]
    public void AFolderThatTheNextCorteHasUnderAnotherNameLeavesNoEmptyOneBehind()
    {
        using var night = Night(DropLayout.Tree);
        var package = Package();
        night.Put("", package);
        IsPublishedExactly(night, package);
        night.Store.PrepareNext();
        Directory.Move(night.In("dip/loc"), night.In("dip/local"));
        var next = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, text) in package.Where(file => file.Key != "SHA256SUMS"))
            next[path.Replace("dip/loc/", "dip/local/", StringComparison.Ordinal)] = At2040(text);
        next["SHA256SUMS"] = string.Concat(next.Select(file => $"{DropNight.Hex(file.Value)}  {file.Key}\n"));
        night.PutFile("bd/PREP.csv", next["bd/PREP.csv"]);
        night.PutFile("SHA256SUMS", next["SHA256SUMS"]);
        IsPublishedExactly(night, next);
    }

    [Fact]
    public void AFileInThePlaceOfAFolderThatWasTakenBackIsStaged()
    {
        using var night = new DropNight();
        var package = Package();
        night.PutFile($"{Root}/index.html/algo.txt", "x");
        Bounded.Until(() => Staged(night).Count == 1, "the file, staged");
        Directory.Delete(night.In($"{Root}/index.html"), recursive: true);
        Bounded.Until(() => Staged(night).Count == 0, "the file, taken out");
        night.Put(Root, package);
        IsPublishedExactly(night, package);
    }

    [Fact]
    public void EmptyFoldersInTheDropAndInAnArchiveAreNotPublished()
    {
        using var night = new DropNight();
        var package = Package();
        Directory.CreateDirectory(night.In($"{Root}/vacia/dentro"));
        night.Put(Root, package);
        IsPublishedExactly(night, package);
        var zip = new List<ZipPart> { new("PREP/vacia/", ""), new("PREP/dip/nada/", "") };
        var next = Next(package);
        zip.AddRange(next.Select(file => new ZipPart("PREP/" + file.Key, file.Value)));
        File.WriteAllBytes(night.In("20210606_2040_PREP.zip"), ZipBuilder.Of([.. zip]));
        IsPublishedExactly(night, next);
    }

    [Fact]
    public void WhatNobodyBroughtIsNotSealed()
    {
        using var night = new StoreNight();
        var files = new Dictionary<string, string> { ["index.html"] = "1", ["a/b.html"] = "b" };
        var tree = night.Stage(files);
        var staged = Path.Combine(night.Folders.Staging, tree.Name);
        Directory.CreateDirectory(Path.Combine(staged, "a/vacia/dentro"));
        Directory.CreateDirectory(Path.Combine(staged, "otra"));
        File.WriteAllText(Path.Combine(staged, "a/.again-7"), "left by a fault");
        File.CreateSymbolicLink(Path.Combine(staged, "enlace"), "/etc/passwd");
        night.Store.Publish(night.Seal(tree, 20), Difusor.Agent.Packages.Root.Public, night.Now);
        Assert.Equal(["a", "a/b.html", "index.html"], Entries(Path.Combine(night.Folders.Public, "current") + "/"));
    }

    [Fact]
    public void ATreeThatHasLostAFileIsNotSealed()
    {
        using var night = new StoreNight();
        var tree = night.Stage(new Dictionary<string, string> { ["index.html"] = "1", ["a/b.html"] = "b" });
        File.Delete(Path.Combine(night.Folders.Staging, tree.Name, "a/b.html"));
        var fault = Assert.Throws<TreeLost>(() => night.Seal(tree, 20));
        Assert.EndsWith("a/b.html", fault.Subject, StringComparison.Ordinal);
        Assert.Empty(night.Store.Sealed);
        tree.Discard();
    }

    static SortedDictionary<string, string> Next(SortedDictionary<string, string> package)
    {
        var next = new SortedDictionary<string, string>(package, StringComparer.Ordinal)
        {
            ["bd/PREP.csv"] = At2040(package["bd/PREP.csv"]),
        };
        next["SHA256SUMS"] = string.Concat(next.Where(file => file.Key != "SHA256SUMS")
            .Select(file => $"{DropNight.Hex(file.Value)}  {file.Key}\n"));
        return next;
    }

    static string At2040(string text) => text.Replace("20:20", "20:40", StringComparison.Ordinal);

    static DropNight Night(DropLayout layout) =>
        new(settings => settings with { Drop = settings.Drop with { Layout = layout } });

    static List<string> Staged(DropNight night) =>
        [.. Directory.EnumerateFiles(Path.Combine(night.State, "staging"), "*", SearchOption.AllDirectories)];

    static void IsPublishedExactly(DropNight night, IReadOnlyDictionary<string, string> package)
    {
        DeliveryJudged judged;
        do judged = night.Next<DeliveryJudged>();
        while (!judged.Verdict.Accepted);
        night.Publish(judged);
        var folders = package.Keys.SelectMany(path => Ancestors(path)).Distinct();
        var expected = package.Keys.Concat(folders).Order(StringComparer.Ordinal);
        Assert.Equal(expected, Entries(Path.Combine(night.State, "public/current") + "/"));
        ARescanFindsNothing(night);
    }

    static void ARescanFindsNothing(DropNight night)
    {
        using var signals = new BlockingCollection<Signal>();
        var state = new PublishedState();
        using var guard = new TamperResponder(night.Store, new StoreFolders(night.State), state, (_, _) => { });
        guard.Follow();
        using var watch = new TreeWatch(state, signals.Add);
        using var rescan = new Rescan(state, watch, TimeSpan.FromHours(1), () => DateTimeOffset.UnixEpoch, signals.Add);
        rescan.Start();
        var seen = Bounded.Each(signals, "the end of the rescan")
            .TakeWhile(signal => signal is not RescanFinished).ToList();
        Assert.Empty(seen.OfType<TreeAltered>().SelectMany(altered => altered.Alterations));
    }

    static IEnumerable<string> Ancestors(string path)
    {
        for (var folder = Path.GetDirectoryName(path)!; folder.Length > 0; folder = Path.GetDirectoryName(folder)!)
            yield return folder;
    }

    static IEnumerable<string> Entries(string top) =>
        Directory.EnumerateFileSystemEntries(top, "*", SearchOption.AllDirectories)
            .Select(path => path[top.Length..]).Order(StringComparer.Ordinal);
}
