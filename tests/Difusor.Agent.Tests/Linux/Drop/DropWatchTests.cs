using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;

namespace Difusor.Agent.Tests.Linux;

/// <summary>A sender decides how many folders there are, and takes no watch from what is published.</summary>
public sealed class DropWatchTests : IDisposable
{
    const int Most = 16;
    readonly TemporaryFolder folder = new();
    readonly WatchAllowance allowance = new() { MostInDrop = Most };

    public void Dispose() => folder.Dispose();

    [Fact]
    public void OfManyFoldersSoManyAreWatchedAsAreAllowed()
    {
        Make("many", 100);
        using var opened = SafeFolder.Open(folder.Path);
        using var watch = new DropWatch(opened, 10, allowance);
        Assert.Equal((Most, true, false), (watch.Count, watch.IsPartial, watch.IsBlind));
        Make("more", 100);
        Drain(watch);
        Assert.InRange(watch.Count, 2, Most);
    }

    [Fact]
    public void AFolderThatComesIsWatchedInPlaceOfOneWhereNothingHappens()
    {
        Make("many", 100);
        using var opened = SafeFolder.Open(folder.Path);
        using var watch = new DropWatch(opened, 10, allowance);
        Directory.CreateDirectory(folder["20210606_2020_PREP"]);
        Drain(watch);
        File.WriteAllText(folder["20210606_2020_PREP/index.html"], "1");
        Assert.Contains("20210606_2020_PREP/index.html", Drain(watch));
    }

    [Fact]
    public void WhatTheSentinelAsksForIsGivenBackDownToTheDropItself()
    {
        Make("many", 100);
        using var opened = SafeFolder.Open(folder.Path);
        using (var watch = new DropWatch(opened, 10, allowance))
        {
            Assert.True(allowance.AskTheDrop());
            Assert.Equal(1, watch.Count);
            Assert.False(allowance.AskTheDrop());
            // What was given back is not taken again.
            Make("more", 100);
            Drain(watch);
            Assert.InRange(watch.Count, 1, 2);
            File.WriteAllText(folder["P.zip"], "1");
            Assert.Contains("P.zip", Drain(watch));
        }
        Assert.False(allowance.AskTheDrop());
    }

    [Fact]
    public void AFolderThatIsRenamedToAndFroIsNotListedWithoutEnd()
    {
        Directory.CreateDirectory(folder["a"]);
        // Links are never open. A program that another test starts meanwhile inherits an open file for a moment, and
        // its close would be told, too.
        for (var file = 0; file < 3000; file++) File.CreateSymbolicLink(folder[$"a/{file}"], "nowhere");
        using var opened = SafeFolder.Open(folder.Path);
        using var watch = new DropWatch(opened, 10, allowance);
        var told = 0;
        for (var turn = 0; turn < 100; turn++)
        {
            Directory.Move(folder["a"], folder["b"]);
            Directory.Move(folder["b"], folder["a"]);
            watch.Drain(hint => told += hint.Kind == HintKind.Settled ? 1 : 0);
        }
        Assert.InRange(told, 3000, 1 << 18);
        Assert.True(watch.IsPartial);
    }

    void Make(string name, int folders)
    {
        for (var at = 0; at < folders; at++) Directory.CreateDirectory(folder[$"{name}/{at}"]);
    }

    static List<string> Drain(DropWatch watch)
    {
        var told = new List<string>();
        watch.Drain(hint => told.Add(hint.Path.ToString()));
        return told;
    }
}
