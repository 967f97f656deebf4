using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

/// <summary>Which lists beside archives are read, how often, and how many archives they may name together.</summary>
public sealed class BesideListsTests
{
    static readonly RawPath Sums = new("SHA256SUMS"), More = new("MORE.sha256");
    static readonly string Digest = new('1', 64);

    readonly BesideLists lists = new(most: 2, mostNames: 10);

    static FileIdentity Version(int number) => new(1, 2, FileKind.Regular, 3, number, number, 0x1A4, 0, 1);

    static BesideList Naming(int archives) => BesideList.Read(
        RelativePath.Own("SHA256SUMS"),
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, archives).Select(at => $"{Digest}  a{at}.zip\n"))),
        PathLimits.Default, 1_000_000);

    BesideReading BeginToRead(RawPath path, int version = 1)
    {
        Assert.True(lists.Saw(path, Version(version)));
        return lists.Begin(path)!;
    }

    [Fact]
    public void EachVersionOfAListIsReadOnce()
    {
        var reading = BeginToRead(Sums);
        Assert.False(lists.Saw(Sums, Version(1)));
        Assert.Equal(BesideReadingEnd.Current, lists.End(reading, failed: false));
        Assert.Null(lists.Keep(Sums, Naming(1)));
        Assert.False(lists.Saw(Sums, Version(1)));
        Assert.True(lists.Saw(Sums, Version(2)));
        Assert.Single(lists.Of(new RawPath("a0.zip"), PathLimits.Default));
        Assert.Empty(lists.Of(new RawPath("a1.zip"), PathLimits.Default));
    }

    [Fact]
    public void AListThatChangesWhileItIsReadIsReadOnceMore()
    {
        var reading = BeginToRead(Sums);
        Assert.True(lists.Saw(Sums, Version(2)));
        Assert.Null(lists.Begin(Sums));
        Assert.Equal(BesideReadingEnd.Outdated, lists.End(reading, failed: false));
        Assert.NotNull(lists.Begin(Sums));
    }

    [Fact]
    public void AReadingThatFailedWaitsForTheNextLook()
    {
        Assert.Equal(BesideReadingEnd.Void, lists.End(BeginToRead(Sums), failed: true));
        Assert.True(lists.Saw(Sums, Version(1)));
    }

    [Fact]
    public void AReadingOfAListThatHasGoneIsWorthNothingAlsoWhereItHasComeAgain()
    {
        var reading = BeginToRead(Sums);
        Assert.Null(lists.Forget(Sums));
        Assert.Equal(BesideReadingEnd.Void, lists.End(reading, failed: false));
        var next = BeginToRead(Sums);
        Assert.Equal(BesideReadingEnd.Void, lists.End(reading, failed: false));
        Assert.Equal(BesideReadingEnd.Current, lists.End(next, failed: false));
    }

    [Fact]
    public void AllListsShareTheRoomForNamesAndEachMayAlwaysNameAFew()
    {
        var first = BeginToRead(Sums);
        Assert.Equal(10, first.Room);
        lists.End(first, failed: false);
        lists.Keep(Sums, Naming(9));
        var second = BeginToRead(More);
        Assert.Equal(BesideLists.FewNames, second.Room);
        lists.End(second, failed: false);
        Assert.Equal(9, lists.Forget(Sums)!.Names);
        Assert.True(lists.Saw(More, Version(2)));
        Assert.Equal(10, lists.Begin(More)!.Room);
    }

    [Fact]
    public void MoreListsThanMayBeKnownAreNotRead()
    {
        BeginToRead(Sums);
        BeginToRead(More);
        Assert.False(lists.Saw(new RawPath("THIRD.sha256"), Version(1)));
        Assert.Equal(2, lists.Count);
    }
}
