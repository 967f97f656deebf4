using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests.Drop;

/// <summary>What is wrong only for a moment is no alarm.</summary>
public sealed class LastingTests
{
    const long Second = 1_000_000_000;

    [Fact]
    public void ItCountsOnlyOnceItHasBeenSeenForLongEnoughWithoutABreak()
    {
        var fault = new Lasting(TimeSpan.FromSeconds(10));
        Assert.False(fault.Look(true, 0));
        Assert.False(fault.Look(true, 9 * Second));
        Assert.True(fault.IsFresh);
        Assert.False(fault.Look(false, 10 * Second));
        Assert.False(fault.IsFresh);
        Assert.False(fault.Look(true, 11 * Second));
        Assert.True(fault.Look(true, 21 * Second));
        Assert.False(fault.IsFresh);
    }
}
