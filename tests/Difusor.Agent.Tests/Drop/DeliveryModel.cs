using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

/// <summary>What the model says of its files at an instant, found anew each time.</summary>
public sealed partial class DeliveryModelTests
{
    void Judge(Occasion occasion)
    {
        delivery.BeginJudging(occasion);
        Assert.Equal(Occasion.None, delivery.Next(now));
        stalled = occasion is Occasion.Quiet or Occasion.QuietButOpen;
        if (occasion == Occasion.Whole) triedWhole = true;
        else triedQuiet = true;
        Assert.Equal(stalled && !told, delivery.Resume(stalled));
        told |= stalled;
    }

    Ripeness Ripe() => now - changed >= GiveUp ? Ripeness.GivenUp
        : now - changed >= Settle ? Ripeness.Quiet : Ripeness.Moving;

    bool AnyOpen() => files.Values.Any(file => file.Open);

    bool AnyUnsettled() => files.Values.Any(file => file.Stale || file.Busy || file.Gone);

    bool IsWhole()
    {
        var staged = files.Where(file => file.Value.Staged is not null)
            .ToDictionary(file => file.Key, file => file.Value.Staged!);
        var stated = staged.GetValueOrDefault("SHA256SUMS") is { } manifest
            ? manifest.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
        var pages = staged.Where(file => !HashFileName.Is(file.Key)).Select(file => Line(file.Key, file.Value).Trim());
        return stated.Length > 0 && stated.ToHashSet().SetEquals(pages);
    }

    Occasion Next()
    {
        if (files.Count == 0 || isShort) return Occasion.None;
        if (last || Ripe() == Ripeness.GivenUp)
        {
            foreach (var file in files.Values) file.Open = false;
            return AnyUnsettled() ? Occasion.None : Occasion.Last;
        }
        if (AnyUnsettled() && !AnyOpen()) return Occasion.None;
        if (!AnyOpen() && !triedWhole && IsWhole()) return Occasion.Whole;
        return Ripe() == Ripeness.Moving || triedQuiet ? Occasion.None
            : AnyOpen() ? Occasion.QuietButOpen : Occasion.Quiet;
    }

    long Deadline() =>
        files.Count == 0 || isShort || (AnyUnsettled() && !AnyOpen() && !stalled && !setAside) ? long.MaxValue
        : Ripe() switch
        {
            Ripeness.Moving => changed + Settle,
            Ripeness.Quiet => changed + GiveUp,
            Ripeness.GivenUp => long.MaxValue,
        };

    void Compare(string after)
    {
        string Line(string name, bool open, bool stale, bool busy, bool gone, long? size, long hash) =>
            $"{name} {(open ? "open " : "")}{(stale ? "stale " : "")}{(busy ? "busy " : "")}{(gone ? "gone " : "")}"
            + $"{size} {hash}";
        var expected = files.Select(file => Line(file.Key, file.Value.Open, file.Value.Stale, file.Value.Busy,
            file.Value.Gone, file.Value.Staged?.Length, file.Value.HashBytes)).ToList();
        var found = delivery.Files.OrderBy(file => file.Name!.Value, StringComparer.Ordinal).Select(file => Line(
            file.Name!.Value, file.IsOpen, file.IsStale, file.IsRead, file.IsGone, file.Entry?.Size,
            file.HashBytes)).ToList();
        Assert.True(expected.SequenceEqual(found),
            $"{after}:\n{string.Join('\n', expected)}\nbut it has\n{string.Join('\n', found)}");
        var wholeness = AnyOpen() ? Wholeness.Open : IsWhole() ? Wholeness.Whole
            : files.Keys.Any(name => HashFileName.Is(name)) ? Wholeness.MayBeWhole : Wholeness.WithoutHash;
        var waits = !last && (stalled ? Ripe() != Ripeness.GivenUp : setAside && Ripe() == Ripeness.Moving);
        var counted = (
            delivery.BytesStaged, delivery.Shares.Paths.Held, delivery.Shares.HashText.Held, delivery.Wholeness,
            delivery.IsShort, delivery.LastByte.Monotonic, delivery.HasStalled);
        Assert.True(counted == (
            files.Values.Sum(file => file.Staged?.Length ?? 0), files.Keys.Sum(name => name.Length + EachFile),
            files.Values.Sum(file => file.HashBytes), wholeness, isShort, changed, told), $"{after}: {counted}");
        Assert.True(delivery.WaitsForMore(now) == waits, $"{after}: waits for more");
        Assert.True(delivery.Deadline(now) == Deadline(), $"{after}: asks again at another time");
        Assert.True(delivery.HasGone || !files.Values.Any(file => file is { Gone: true, Busy: false }), after);
        var open = files.Where(file => file.Value.Open).Select(file => file.Key);
        Assert.Equal(open, delivery.OpenFiles.Order(StringComparer.Ordinal));
    }
}
