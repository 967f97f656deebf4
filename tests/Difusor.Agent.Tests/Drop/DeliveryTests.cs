using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests;

public sealed class DeliveryTests
{
    const long Second = 1_000_000_000;

    static readonly DropSettings Settings =
        new() { Settle = TimeSpan.FromSeconds(10), GiveUp = TimeSpan.FromMinutes(10) };

    readonly Delivery delivery =
        new(new RawPath("P"), isArchive: false, Settings, new LimitSettings { Files = 10, PackageSize = 1000 }, At(0));

    static ClockReading At(long seconds) =>
        new(seconds * Second, seconds * Second, seconds * Second, DateTimeOffset.UnixEpoch.AddSeconds(seconds));

    static FileIdentity Identity(long inode = 1, long size = 3, long mtime = 1) =>
        new(1, (ulong)inode, FileKind.Regular, size, mtime, mtime, 0x1A4, 0, 1);

    void Arrives(string name, string text, long at)
    {
        delivery.Hint(HintKind.Writing, new RawPath($"P/{name}"), At(at));
        delivery.Hint(HintKind.Settled, new RawPath($"P/{name}"), At(at));
        ReadAll(text);
    }

    void ReadAll(string text)
    {
        while (delivery.TakeWork() is { } file) delivery.HasRead(file, ReadingOf(file.Name!.Value, text));
    }

    static Reading ReadingOf(string name, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var path = RelativePath.Own(name);
        return new Reading(Identity(size: bytes.Length), new ContentEntry(path, bytes.Length, Digest.Sha256(bytes)),
            HashFileName.Is(name) && HashFile.Parse(path, bytes).File is { } hash ? Manifest.Of(hash, 20) : null);
    }

    static string Line(string name, string text) =>
        $"{Digest.Sha256(System.Text.Encoding.UTF8.GetBytes(text)).Hex}  {name}\n";

    [Fact]
    public void AnUnclosedFileStallsADeliveryThatLooksWholeWithoutIt()
    {
        Arrives("a.html", "a", 0);
        Arrives("SHA256SUMS", Line("a.html", "a"), 1);
        Assert.Equal(Occasion.Whole, delivery.Next(1 * Second));
        delivery.Hint(HintKind.Writing, new RawPath("P/b.html"), At(2));
        Assert.Equal(Occasion.None, delivery.Next(3 * Second));
        Assert.Equal(Occasion.QuietButOpen, delivery.Next(12 * Second));
        Assert.True(delivery.Resume(stalled: true));
        Assert.Equal(Occasion.None, delivery.Next(13 * Second));
        Assert.Equal(602 * Second, delivery.Deadline(13 * Second));
    }

    [Fact]
    public void AfterGiveUpAnUnclosedFileIsReadAsItStands()
    {
        delivery.Hint(HintKind.Writing, new RawPath("P/b.html"), At(0));
        Assert.Equal(Occasion.None, delivery.Next(600 * Second));
        ReadAll("b");
        Assert.Equal(Occasion.Last, delivery.Next(600 * Second));
    }

    [Fact]
    public void OneSidecarAfterItsFileIsNotYetAWholePackage()
    {
        Arrives("a.html", "a", 0);
        Arrives("a.html.sha256", Line("a.html", "a"), 1);
        Assert.Equal(Occasion.None, delivery.Next(2 * Second));
        Assert.Equal(Occasion.Quiet, delivery.Next(11 * Second));
    }

    [Fact]
    public void PathsBeyondTheLimitAreNotKept()
    {
        var full =
            new Delivery(new RawPath("P"), isArchive: false, Settings, new LimitSettings { PathText = 100 }, At(0));
        for (var number = 0; number < 50; number++) full.Hint(HintKind.Settled, new RawPath($"P/{number:d10}"), At(0));
        Assert.Equal((10, "paths-too-large"), (full.Files.Count, full.Excess?.Code));
        Assert.Equal(Occasion.Last, full.Next(700 * Second));
    }

    [Fact]
    public void ADeliveryThatFindsTooLittleLeftWaitsAndIsNotJudged()
    {
        var total = new Budget(1000);
        var other = new Share(1000, total);
        Assert.Equal(Taking.Taken, other.Take(950));
        var late = new Delivery(
            new RawPath("P"), isArchive: false, Settings, new LimitSettings { PathText = 1000 }, At(0),
            new Shares(new Share(1000, total), new Share(1000)));
        for (var number = 0; number < 8; number++) late.Hint(HintKind.Settled, new RawPath($"P/{number:d10}"), At(0));
        Assert.Equal((5, true, null), (late.Files.Count, late.IsShort, late.Excess));
        Assert.Equal((Occasion.None, long.MaxValue), (late.Next(700 * Second), late.Deadline(700 * Second)));
        other.Clear();
        late.IsShort = false;
        late.Hint(HintKind.Settled, new RawPath("P/0000000007"), At(0));
        Assert.Equal((6, false), (late.Files.Count, late.IsShort));
    }

    [Fact]
    public void WhatLeavesGivesItsPathBack()
    {
        var total = new Budget(1000);
        var moving = new Delivery(
            new RawPath("P"), isArchive: false, Settings, new LimitSettings(), At(0),
            new Shares(new Share(1000, total, each: 10), new Share(1000)));
        moving.Hint(HintKind.Settled, new RawPath("P/a.html"), At(0));
        Assert.Equal(1000 - 16, total.Left);
        moving.Hint(HintKind.Gone, new RawPath("P/a.html"), At(1));
        Assert.NotNull(moving.TakeGone());
        Assert.Equal(1000, total.Left);
    }

    [Fact]
    public void AFileInThePlaceOfItsFolderIsAnotherDelivery()
    {
        delivery.Hint(HintKind.Settled, new RawPath("P/P"), At(0));
        delivery.Hint(HintKind.Settled, new RawPath("P"), At(1));
        Assert.Equal(["P/P"], delivery.Files.Select(file => file.Path.Bytes));
    }

    [Fact]
    public void LooksThatFindNothingNewDoNotQueueTheSameFilesAgain()
    {
        delivery.Hint(HintKind.Settled, new RawPath("P/a.html"), At(0));
        for (var look = 0; look < 1000; look++) delivery.ReadAgain();
        Assert.NotNull(delivery.TakeWork());
        Assert.False(delivery.HasWork);
    }

    [Fact]
    public void EveryNameUnsafeIsCountedAndTenThousandKept()
    {
        var many = new Delivery(new RawPath("P"), isArchive: false, Settings, new LimitSettings(), At(0));
        for (var number = 0; number < 15_000; number++)
            many.Hint(HintKind.Settled, new RawPath($"P/a\\{number}"), At(0));
        var (kept, more) = many.Findings;
        Assert.InRange(kept.Length, 9_000, 10_000);
        Assert.Equal(15_000, kept.Length + more);
    }

    [Fact]
    public void AChangeWhileAFileIsReadMakesItReadOnceMore()
    {
        delivery.Hint(HintKind.Settled, new RawPath("P/a.html"), At(0));
        var file = delivery.TakeWork()!;
        delivery.Hint(HintKind.Settled, new RawPath("P/a.html"), At(1));
        Assert.Null(delivery.TakeWork());
        delivery.HasRead(file, ReadingOf("a.html", "old"));
        Assert.Equal(Occasion.None, delivery.Next(100 * Second));
        Assert.Same(file, delivery.TakeWork());
    }

    [Fact]
    public void WhatCannotBeReadIsNotTriedInACircle()
    {
        delivery.Hint(HintKind.Settled, new RawPath("P/a.html"), At(0));
        delivery.HasRead(delivery.TakeWork()!, Reading.Again);
        Assert.Null(delivery.TakeWork());
        delivery.ReadAgain();
        Assert.NotNull(delivery.TakeWork());
    }

    [Fact]
    public void AFolderThatGoesTakesItsFilesWithIt()
    {
        Arrives("sub/a.html", "a", 0);
        Arrives("b.html", "b", 0);
        delivery.Hint(HintKind.Gone, new RawPath("P/sub"), At(1));
        Assert.Equal("sub/a.html", delivery.TakeGone()?.Name?.Value);
        Assert.Null(delivery.TakeGone());
        Assert.Single(delivery.Files);
    }

    [Fact]
    public void MoreFilesThanAllowedAreNeitherStagedNorWaitedFor()
    {
        for (var number = 0; number < 11; number++) delivery.Hint(HintKind.Settled, new RawPath($"P/{number}"), At(0));
        Assert.Null(delivery.TakeWork());
        Assert.Equal("too-many-files", delivery.Excess?.Code);
        Assert.Equal(10, delivery.Files.Count);
        Assert.Equal(Occasion.Last, delivery.Next(10 * Second));
    }

    [Fact]
    public void MoreBytesThanAllowedEndTheStaging()
    {
        delivery.Hint(HintKind.Settled, new RawPath("P/a"), At(0));
        delivery.HasRead(delivery.TakeWork()!, ReadingOf("a", new string('x', 1001)));
        delivery.Hint(HintKind.Settled, new RawPath("P/b"), At(0));
        Assert.Null(delivery.TakeWork());
        Assert.Equal("package-too-large", delivery.Excess?.Code);
    }

    [Fact]
    public void ALookThatSeesTheSameChangesNothing()
    {
        Arrives("a.html", "a", 0);
        delivery.Saw(new RawPath("P/a.html"), Identity(size: 1), 1, At(5));
        Assert.Null(delivery.TakeWork());
        Assert.Equal(0, delivery.LastByte.Monotonic);
        delivery.Saw(new RawPath("P/a.html"), Identity(size: 1, mtime: 2), 2, At(6));
        Assert.NotNull(delivery.TakeWork());
        Assert.Equal(6 * Second, delivery.LastByte.Monotonic);
    }
}
