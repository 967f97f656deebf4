using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Tests.Linux;

/// <summary>What is in hand is on disk first, and after a death only one delivery is.</summary>
public sealed class DeliveriesInHandTests : IDisposable
{
    static readonly RawPath A = new("A"), B = new("B");
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    LastRun Begin() => LastRun.Begin(folder.Path, fault => throw fault, boot: "one");

    [Fact]
    public void WithoutAMemoryAnyNumberIsTaken()
    {
        var inHand = new DeliveriesInHand(null);
        Assert.True(inHand.Take(A));
        Assert.True(inHand.Take(A));
        Assert.True(inHand.Take(B));
        Assert.False(inHand.LetGo(A));
        Assert.Equal(int.MaxValue, inHand.AtOnce);
    }

    [Fact]
    public void TheNextRunKnowsWhatWasInHandAndNotWhatWasLetGo()
    {
        var inHand = new DeliveriesInHand(Begin());
        inHand.Take(A);
        inHand.Take(B);
        inHand.LetGo(A);
        Assert.Equal([B], Begin().PreviousInHand);
    }

    [Fact]
    public void AfterADeathOneIsTakenAtATimeUntilEachHasBeenCleared()
    {
        var before = new DeliveriesInHand(Begin());
        before.Take(A);
        before.Take(B);
        var inHand = new DeliveriesInHand(Begin());
        Assert.Equal(1, inHand.AtOnce);
        Assert.True(inHand.Take(A));
        Assert.False(inHand.Take(B));
        inHand.Clear(A);
        Assert.True(inHand.LetGo(A)); // B may have waited for that
        Assert.True(inHand.Take(B));
        inHand.Clear(B);
        Assert.False(inHand.LetGo(B));
    }
}
