using Difusor.Agent.Drop;
using Difusor.Agent.Events;

namespace Difusor.Agent.Tests;

/// <summary>Since when what is no delivery is quiet, and when it is told.</summary>
public sealed class IgnoredEntriesTests
{
    const long Second = 1_000_000_000;
    static readonly Patience Ten = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(600));

    static IgnoredEntries Looked(int most = 100)
    {
        var entries = new IgnoredEntries(most);
        entries.Looked(_ => true);
        return entries;
    }

    static FileIdentity Bytes(long size) => new(1, 1, FileKind.Regular, size, 0, size, 0, 0, 1);

    static string Quiet(IgnoredEntries entries, long seconds)
    {
        entries.Show(Ten, seconds * Second);
        return string.Join(' ', entries.Shown.Where(entry => entry.IsQuiet).Select(entry => entry.Name));
    }

    static void Saw(IgnoredEntries entries, string name, IgnoredCause cause, long size, long seconds) =>
        entries.Saw(new RawPath(name), cause, Bytes(size), seconds * Second);

    [Fact]
    public void WhatTheAgentMayNotOpenIsLeftForAWhileToTheServiceThatOpensIt()
    {
        var entries = Looked();
        Saw(entries, "P/bd", IgnoredCause.Unreadable, 1, 0);
        entries.Show(new Patience(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)), 9 * Second);
        Assert.False(Assert.Single(entries.Shown).IsQuiet);
        Assert.Equal("P/bd", Quiet(entries, 10));
    }

    [Fact]
    public void NothingIsShownBeforeTheDropWasLookedAt()
    {
        var entries = new IgnoredEntries(100);
        Saw(entries, "a.bin", IgnoredCause.NotAPackage, 1, 0);
        Assert.Equal((true, long.MaxValue), (entries.Shown.IsDefault, entries.Due));
        entries.Looked(_ => true);
        Assert.NotEqual(long.MaxValue, entries.Due);
    }

    [Fact]
    public void AnEntryIsQuietOnceItHasNotChangedForTheTimeToSettle()
    {
        var entries = Looked();
        Saw(entries, "a.bin", IgnoredCause.NotAPackage, 1, 0);
        Saw(entries, "a.bin", IgnoredCause.NotAPackage, 2, 5);
        Saw(entries, "a.bin", IgnoredCause.NotAPackage, 2, 9);
        Assert.Equal("", Quiet(entries, 14));
        Assert.Equal(15 * Second, entries.Due);
        Assert.Equal("a.bin", Quiet(entries, 15));
        Assert.Equal(long.MaxValue, entries.Due);
    }

    [Fact]
    public void LooseFilesAreQuietTogether()
    {
        var entries = Looked();
        Saw(entries, "a.html", IgnoredCause.LooseFiles, 1, 0);
        Saw(entries, "x.bin", IgnoredCause.NotAPackage, 1, 0);
        Saw(entries, "b.html", IgnoredCause.LooseFiles, 1, 8);
        Assert.Equal("x.bin", Quiet(entries, 17));
        Assert.Equal("a.html b.html x.bin", Quiet(entries, 18));
        Assert.True(entries.HasLooseFiles);
    }

    [Fact]
    public void WhatNeverStopsChangingIsToldInTheEnd()
    {
        var entries = Looked();
        for (var second = 0; second < 600; second += 5)
        {
            Saw(entries, "a.html", IgnoredCause.LooseFiles, second, second);
            Assert.Equal("", Quiet(entries, second));
        }
        Assert.Equal("a.html", Quiet(entries, 600));
    }

    [Fact]
    public void ATransferHasTheTimeOfADeliveryToGoOn()
    {
        var entries = Looked();
        Saw(entries, "P.zip.part", IgnoredCause.Unfinished, 1, 0);
        entries.Touch(new RawPath("P.zip.part"), 300 * Second);
        Assert.Equal("", Quiet(entries, 899));
        Assert.Equal("P.zip.part", Quiet(entries, 900));
    }

    [Fact]
    public void WhatALookDoesNotFindIsGone()
    {
        var entries = Looked();
        Saw(entries, "a.bin", IgnoredCause.NotAPackage, 1, 0);
        Saw(entries, "b.bin", IgnoredCause.NotAPackage, 1, 0);
        entries.Looked(path => path.Bytes != "a.bin");
        Assert.Equal("b.bin", Quiet(entries, 20));
        entries.Clear();
        Assert.True(entries.Shown.IsDefault);
    }

    [Fact]
    public void OfMoreEntriesThanAreKnownTheRestIsPassedOverAndShownIsNotMadeAnewForEach()
    {
        var entries = Looked(most: 2);
        foreach (var name in new[] { "a", "b", "c" }) Saw(entries, name, IgnoredCause.NotAPackage, 1, 1);
        Assert.Equal((2, false, true),
            (entries.Count, entries.HasRoomFor(new RawPath("c")), entries.HasRoomFor(new RawPath("a"))));
        entries.Show(Ten, 2 * Second);
        Saw(entries, "a", IgnoredCause.NotAPackage, 2, 2);
        Assert.InRange(entries.Due, (2 * Second) + 1, 3 * Second);
    }

    [Fact]
    public void AnEntryThatHasNotChangedKeepsItsCause()
    {
        var entries = Looked();
        Saw(entries, "P", IgnoredCause.NotAPackage, 1, 0);
        Assert.Equal(IgnoredCause.NotAPackage, entries.CauseOf(new RawPath("P"), Bytes(1)));
        Assert.Null(entries.CauseOf(new RawPath("P"), Bytes(2)));
        Assert.Null(entries.CauseOf(new RawPath("Q"), Bytes(1)));
    }
}
