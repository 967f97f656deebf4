using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests;

/// <summary>
/// The last that a delivery may have and the first that it may not, what is said then, and what is given back.
/// </summary>
public sealed class DeliveryLimitsTests
{
    static readonly ClockReading Start = new(5, 5, 5, DateTimeOffset.UnixEpoch);
    static readonly DropSettings Settings = new();

    static Delivery Of(LimitSettings limits, Shares? shares = null, string root = "P", bool isArchive = false) =>
        new(new RawPath(root), isArchive, Settings, limits, Start, shares);

    static FileIdentity Identity(ulong inode = 2) => new(1, inode, FileKind.Regular, 3, 4, 5, 0x1A4, 0, 1);

    static Reading Copied(string name, int size) =>
        new(Identity(), new ContentEntry(RelativePath.Own(name), size, Digest.Sha256(new byte[size])));

    static void Settled(Delivery delivery, params string[] names)
    {
        foreach (var name in names) delivery.Hint(HintKind.Settled, new RawPath($"P/{name}"), Start);
    }

    static string? Told(Delivery delivery) =>
        delivery.Excess is { } excess ? $"{excess.Code}: {excess.Detail}" : null;

    [Fact]
    public void OneFileMoreThanAllowedIsToldWithTheLimit()
    {
        var delivery = Of(new LimitSettings { Files = 2 });
        Settled(delivery, "a", "b");
        Assert.Null(Told(delivery));
        Settled(delivery, "c");
        Assert.Equal("too-many-files: more than 2 files", Told(delivery));
        Assert.Equal((delivery.Excess!, 0), (Assert.Single(delivery.Findings.Kept), delivery.Findings.More));
        Assert.True(delivery.WantsNoMore);
    }

    [Fact]
    public void OneByteOfPathsMoreThanAllowedIsToldWithTheLimit()
    {
        var delivery = Of(new LimitSettings { PathText = 4 });
        Settled(delivery, "aa", "bb");
        Assert.Null(Told(delivery));
        Settled(delivery, "c");
        Assert.Equal("paths-too-large: more than 4 bytes of paths", Told(delivery));
    }

    [Fact]
    public void OneByteMoreThanAPackageMayHaveIsToldWithTheLimit()
    {
        var delivery = Of(new LimitSettings { PackageSize = 7 });
        Settled(delivery, "a", "b");
        delivery.HasRead(delivery.TakeWork()!, Copied("a", 4));
        var last = delivery.TakeWork()!;
        delivery.HasRead(last, Copied("b", 3));
        Assert.Null(Told(delivery));
        Settled(delivery, "b");
        delivery.HasRead(delivery.TakeWork()!, Copied("b", 4));
        Assert.Equal("package-too-large: more than 7 bytes together", Told(delivery));
    }

    [Fact]
    public void TwoFilesWithoutRoomAreShortAndNotTwiceTurned()
    {
        var delivery = Of(new LimitSettings());
        Settled(delivery, "a", "b");
        foreach (var file in new[] { delivery.TakeWork()!, delivery.TakeWork()! })
            delivery.HasRead(file, Reading.Waits);
        Assert.True(delivery.IsShort);
    }

    [Fact]
    public void AStallThatWasToldBeforeIsNotToldAgain()
    {
        var delivery = Of(new LimitSettings());
        delivery.StalledBefore();
        Assert.True(delivery.HasStalled);
        Assert.False(delivery.Resume(stalled: true));
    }

    [Fact]
    public void AnArchiveThatBeginsAgainGivesAllOfItsBudgetBack()
    {
        var shares = Shares.Alone(1000, 1000);
        var delivery = Of(new LimitSettings(), shares, "P.zip", isArchive: true);
        Assert.Equal(Wholeness.MayBeWhole, delivery.Wholeness);
        shares.Paths.Take(100);
        shares.HashText.Take(10);
        delivery.StartOver(waits: false);
        Assert.Equal(0, shares.Held);
    }

    [Fact]
    public void AManifestTooManyIsNotKeptWhateverItStates()
    {
        static string Lines(string text, params IEnumerable<string> names) => string.Concat(
            names.Select(name => $"{Digest.Sha256(Encoding.UTF8.GetBytes(text)).Hex}  {name}\n"));
        static void Place(Fulfilment fulfilment, string name, string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var hash = HashFileName.Is(name) ? HashFile.Parse(RelativePath.Own(name), bytes).File : null;
            fulfilment.Place(
                new ContentEntry(RelativePath.Own(name), bytes.Length, Digest.Sha256(bytes)),
                hash is null ? null : Manifest.Of(hash, 200));
        }
        var (some, many) = (new Fulfilment(mostFiles: 100), new Fulfilment(mostFiles: 100));
        foreach (var name in new[] { "ASUMS", "BSUMS" })
            Place(many, name, Lines("x", Enumerable.Range(0, 150).Select(number => $"{name}{number}.html")));
        Assert.Equal(152, many.Paths);
        Place(some, "a.html", "a");
        for (var number = 1; number <= 16; number++) Place(some, $"{number}SUMS", Lines("x", "b.html"));
        Place(some, "SHA256SUMS", Lines("a", "a.html"));
        Assert.False(some.LooksWhole);
        some.Remove(RelativePath.Own("7SUMS"));
        Place(some, "SHA256SUMS", Lines("a", "a.html"));
        Assert.True(some.LooksWhole);
    }

    [Fact]
    public void WhatIsHeldOfADeliveryIsNotAVerdictYet()
    {
        var delivery = Of(new LimitSettings { Files = 1 });
        Settled(delivery, "a");
        delivery.HasRead(delivery.TakeWork()!, Copied("a", 3));
        Assert.Equal((false, false, 1, 5L), Held(JudgedFiles.Of(delivery)));
        Settled(delivery, "b");
        Assert.Equal((false, true, 1, 5L), Held(JudgedFiles.Of(delivery)));
        static (bool, bool, int, long) Held(JudgedFiles files) =>
            (files.Memory.Accepted, files.IsPartial, files.Count, files.LastChange);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void AFileThatIsNotHeldIsAChangeUnlessOnlySomeAreHeld(bool isPartial)
    {
        var gathering = new JudgedFiles.Gathering();
        gathering.Add(new RawPath("P/dip/x/a"), Identity());
        var judged = gathering.Of(new RawPath("P"), accepted: true, lastChange: 0, isPartial);
        foreach (var folder in new[] { "P", "P/dip", "P/dip/x" })
            Assert.True(judged.HasIn(new RawPath(folder)), folder);
        Assert.False(judged.HasIn(new RawPath("P/di")));
        judged.BeginLook();
        Assert.True(judged.Saw(new RawPath("P/dip/x/a"), Identity()));
        Assert.Equal(isPartial, judged.Saw(new RawPath("P/b"), Identity(3)));
        Assert.Equal((isPartial, isPartial ? 1 : -1), (judged.IsAsItWas, judged.Found));
        Assert.Equal(isPartial, judged.IsUnchanged(new RawPath("P/b"), Identity(3)));
    }

    /// <summary>A hash of 32 bits would take some of so many names for each other.</summary>
    [Fact]
    public void NoTwoOfManyNamesAreTakenForEachOther()
    {
        var gathering = new JudgedFiles.Gathering(200_000);
        for (var number = 0; number < 200_000; number++)
            gathering.Add(new RawPath(string.Create(CultureInfo.InvariantCulture, $"{number}")), Identity());
        Assert.Equal(200_000, gathering.Count);
    }

    [Fact]
    public void AListThatSaysTheSameTwiceHasRoomForAllThatItSays()
    {
        var (one, two) = (new string('1', 64), new string('2', 64));
        var text = $"{one}  a.zip\n{one}  a.zip\n{two}  b.zip\n{two}  c.zip\n";
        BesideList Read(int most) => BesideList.Read(
            RelativePath.Own("SHA256SUMS"), Encoding.UTF8.GetBytes(text), PathLimits.Default, 100, most);
        Assert.Equal((3, 2), (Read(3).Names, Read(2).Names));
        Assert.Equal(["a.zip", "b.zip"], Read(2).Archives);
    }

    [Fact]
    public void ANameThatNoFileCanHaveIsNotInHand()
    {
        var mark = new RunMark("b1", 7);
        var written = InHandMark.Write("b1", 7, [new RawPath("A")]);
        Assert.EndsWith("}\n", written, StringComparison.Ordinal);
        Assert.Equal([new RawPath("A")], InHandMark.Read(written.Replace("[\"A\"", "[\"x\\u0000\",\"x\\u0100\",\"A\"",
            StringComparison.Ordinal), mark));
    }
}
