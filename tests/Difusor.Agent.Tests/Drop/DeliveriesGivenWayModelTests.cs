using Difusor.Agent.Drop;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests;

/// <summary>
/// Plays random nights to those that gave way and to a naive list of them: who returns, and when, is the same.
/// </summary>
public sealed class DeliveriesGivenWayModelTests
{
    const long Second = 1_000_000_000, Most = 1600, Worth = DeliveriesGivenWay.WorthReading;

    static readonly ClockReading Seen = new(1, 1, 1, DateTimeOffset.UnixEpoch);

    readonly DeliveriesGivenWay givenWay = new();
    readonly List<(RawPath Root, GivenWay Facts, long NotBefore)> waiting = [];

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void AnyNightLetsThemReturnAsAListWould(int seed)
    {
        var random = new Random(seed);
        var holder = givenWay.NewShares(new LimitSettings { PathText = Most, HashText = Most });
        var (paths, hashText, now, lacked, returned) = (Most, Most, 0L, false, 0);
        for (var step = 0; step < 2000; step++)
        {
            now += random.Next(8) * Second;
            switch (random.Next(6))
            {
                case 0 or 1 or 2:
                    var root = random.Next(9);
                    Add(new RawPath($"{root}"), Facts(random, root), now);
                    break;
                case 3:
                    var lost = new RawPath($"{random.Next(9)}");
                    givenWay.KeepOnly(one => one != lost);
                    waiting.RemoveAll(one => one.Root == lost);
                    break;
                case 4:
                    holder.Clear();
                    paths = Most - Hold(holder.Paths, Shares.EachFile, random);
                    hashText = Most - Hold(holder.HashText, 0, random);
                    break;
                default:
                    returned += Return(random, paths, hashText, now);
                    break;
            }
            var others = random.Next(4) == 0;
            var lacks = others || waiting.Any(one => one.Facts.Spare is not null);
            Assert.True(
                (lacked && !lacks) == givenWay.EverythingFits(others), $"seed {seed}, step {step}: everything fits");
            lacked = lacks;
            Assert.Equal(
                (waiting.Count, waiting.Count(one => one.Facts.Spare is null)), (givenWay.Count, givenWay.ForMemory));
        }
        Assert.True(returned > 200, $"only {returned} returned: nothing was tried");
    }

    /// <summary>What it kept, in hundreds; no two roots keep the same together.</summary>
    static GivenWay Facts(Random random, int root)
    {
        var paths = random.Next(8);
        return new GivenWay(
            Seen, Seen, IsAnnounced: true, HasStalled: false, Before: null, paths * 100, (9 + root - paths) % 9 * 100,
            random.Next(5), random.Next(4) == 0 ? random.Next(3) * Worth : null);
    }

    /// <summary>Takes whole hundreds, so that "just enough" is met often; what is kept for the small is less.</summary>
    static long Hold(Share share, int each, Random random)
    {
        var amount = (3 + random.Next(12)) * 100;
        Assert.Equal(Taking.Taken, share.Take(amount - each));
        return amount;
    }

    void Add(RawPath root, GivenWay facts, long now)
    {
        givenWay.Add(root, facts, now);
        waiting.RemoveAll(one => one.Root == root);
        waiting.Add((root, facts, now + facts.Times switch { <= 1 => 0, 2 => 10, 3 => 20, _ => 40 } * Second));
    }

    int Return(Random random, long paths, long hashText, long now)
    {
        var (others, spare) = (random.Next(2), random.Next(4) * Worth + random.Next(2));
        var expected = new List<RawPath>();
        foreach (var one in waiting.OrderBy(one => one.Facts.Paths + one.Facts.HashText).ToList())
        {
            var isWorth = one.Facts.Spare is { } had && spare - had > Worth;
            if (now < one.NotBefore && !isWorth) continue;
            var fits = one.Facts.Paths <= paths && one.Facts.HashText <= hashText;
            if (!fits && (others > 0 || expected.Count > 0)) break;
            (paths, hashText) = (paths - one.Facts.Paths, hashText - one.Facts.HashText);
            expected.Add(one.Root);
            waiting.Remove(one);
        }
        var found = givenWay.Return(others, () => spare, now);
        Assert.Equal(expected, found);
        foreach (var root in found) Assert.NotNull(givenWay.TakeFacts(root));
        return found.Count;
    }

    [Fact]
    public void OneThatWaitsIsShownAsWaiting()
    {
        givenWay.Add(new RawPath("A"), Facts(new Random(1), 0), 0);
        var shown = Assert.Single(givenWay.Progress(2, root => root.ToString()));
        Assert.True(shown.Waits);
        Assert.Equal(
            (DeliveryState.Arriving, 0, Seen, Seen), (shown.State, shown.Files, shown.FirstSeen, shown.LastByte));
        Assert.Empty(givenWay.Progress(-1, root => root.ToString()));
    }
}
