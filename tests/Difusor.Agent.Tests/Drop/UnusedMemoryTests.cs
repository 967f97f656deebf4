using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

public sealed class UnusedMemoryTests
{
    const long Second = 1_000_000_000, Start = 100 * Second;

    static readonly Func<bool> SmallHeap = () => false, LargeHeap = () => true;

    [Fact]
    public void ALargeDeliveryThatEndedIsCollectedOnceTheLoopHasTakenItsVerdict()
    {
        var memory = new UnusedMemory();
        memory.HasEnded(UnusedMemory.Much, Start);
        Assert.Equal(Start + Second, memory.Due);
        Assert.False(memory.TakeDue(Start, SmallHeap));
        Assert.True(memory.TakeDue(Start + Second, SmallHeap));
        Assert.False(memory.TakeDue(Start + (60 * Second), SmallHeap));
        Assert.Equal(long.MaxValue, memory.Due);
    }

    [Fact]
    public void TheEndOfASmallDeliveryIsWorthNothing()
    {
        var memory = new UnusedMemory();
        memory.HasEnded(UnusedMemory.Much - 1, Start);
        Assert.Equal(long.MaxValue, memory.Due);
        Assert.False(memory.TakeDue(Start + (60 * Second), SmallHeap));
    }

    [Fact]
    public void AHeapThatStaysLargeIsCollectedEveryFiveSecondsAndNotMoreOften()
    {
        var memory = new UnusedMemory();
        var collected = Enumerable.Range(0, 11).Where(at => memory.TakeDue(Start + (at * Second), LargeHeap)).ToList();
        Assert.Equal([0, 5, 10], collected);
    }

    [Fact]
    public void TheHeapIsAskedOnceASecond()
    {
        var (memory, asked) = (new UnusedMemory(), 0);
        for (var at = 0; at < 20; at++) memory.TakeDue(Start + (at * Second / 10), () => ++asked < 0);
        Assert.Equal(2, asked);
    }

    [Theory]
    [InlineData(127, 191, false), InlineData(128, 0, true), InlineData(60, 192, true)]
    public void MemoryThatIsResidentCountsEvenWhereTheHeapIsSmall(long heap, long process, bool isLarge) =>
        Assert.Equal(isLarge, UnusedMemory.IsLarge(heap << 20, process << 20));
}
