using Difusor.Agent.Linux.Files;

namespace Difusor.Agent.Tests.Linux;

/// <summary>One inode has one watch, whatever it means to whoever watches it.</summary>
public sealed class FolderWatchesTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly FolderWatches<string> watches = new("test");

    public void Dispose()
    {
        watches.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void WhatHappensInAFolderWithTwoMeaningsIsToldForEach()
    {
        Add("", "public");
        Add("", "rehearsal");
        Assert.Equal(["public a", "rehearsal a"], Hear("a"));
    }

    [Fact]
    public void WhoMakesEventsAsFastAsTheyAreToldDoesNotHoldTheListener()
    {
        const int Many = 200_000;
        Add("", "drop");
        // So many that a reading fills the buffer.
        for (var file = 0; file < 1000; file++) File.WriteAllText(folder[$"first {file}"], "");
        var made = 0;
        watches.Drain((_, _, _) =>
        {
            if (++made < Many) File.WriteAllText(folder[$"{made}"], "");
        });
        Assert.InRange(made, 1, Many - 1);
        Assert.True(watches.IsBehind);
        made = Many;
        while (watches.IsBehind) watches.Drain((_, _, _) => { });
    }

    [Fact]
    public void AFolderThatIsAddedOnceMoreIsToldOnce()
    {
        Add("", "public");
        Add("", "public");
        Assert.Equal(["public a"], Hear("a"));
        Assert.Equal(1, watches.Count);
    }

    [Fact]
    public void AMeaningThatIsForgottenLeavesTheOtherItsWatch()
    {
        Add("", "public");
        Add("", "rehearsal");
        watches.Forget(meaning => meaning == "public");
        Assert.False(watches.Has("public"));
        Assert.Equal(["rehearsal a"], Hear("a"));
        watches.Forget(meaning => meaning == "rehearsal");
        Assert.Equal(0, watches.Count);
        Assert.Empty(Hear("b"));
    }

    [Fact]
    public void AFolderThatHasTakenTheNameOfAnotherIsNotForgottenWithIt()
    {
        Directory.CreateDirectory(folder["one"]);
        Directory.CreateDirectory(folder["two"]);
        Add("one", "live");
        Add("two", "live");
        Directory.Delete(folder["one"]);
        Drain();
        Assert.True(watches.Has("live"));
        Assert.Contains("live a", Hear("two/a"));
    }

    [Fact]
    public void WatchesAreGivenBackWhereNothingHasHappenedForTheLongestTime()
    {
        foreach (var name in new[] { "top", "a", "b", "c" })
        {
            Directory.CreateDirectory(folder[name]);
            Add(name, name);
        }
        Hear("a/x");
        Assert.Equal(2, watches.GiveBack(2, meaning => meaning == "top"));
        Assert.Equal(["a", "top"], new[] { "a", "b", "c", "top" }.Where(watches.Has));
        Assert.Equal(1, watches.GiveBack(10, meaning => meaning == "top"));
    }

    void Add(string relative, string meaning)
    {
        using var opened = SafeFolder.Open(folder[relative]);
        Assert.Equal(default, watches.Add(opened, meaning));
    }

    /// <summary>Makes a folder, and gives what is told of its name.</summary>
    List<string> Hear(string made)
    {
        Drain();
        Directory.CreateDirectory(folder[made]);
        return Drain();
    }

    List<string> Drain()
    {
        var told = new List<string>();
        Assert.True(watches.Drain((meaning, name, _) => told.Add($"{meaning} {Encoding.UTF8.GetString(name)}")));
        return told;
    }
}
