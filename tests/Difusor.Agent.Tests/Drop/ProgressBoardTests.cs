using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

public sealed class ProgressBoardTests
{
    const long Millisecond = 1_000_000, Start = 100_000 * Millisecond;

    static ProgressBoard ShownAtTheStart()
    {
        var board = new ProgressBoard();
        Assert.True(board.TakeDue(Start));
        return board;
    }

    [Fact]
    public void WithoutAChangeItIsMadeEachSecondAndNobodyIsWokenForThat()
    {
        var board = ShownAtTheStart();
        Assert.Equal(long.MaxValue, board.Deadline);
        Assert.False(board.TakeDue(Start + (999 * Millisecond)));
        Assert.True(board.TakeDue(Start + (1000 * Millisecond)));
    }

    [Fact]
    public void AChangeIsShownSoonAndOnce()
    {
        var board = ShownAtTheStart();
        board.Change();
        Assert.Equal(Start + (50 * Millisecond), board.Deadline);
        Assert.False(board.TakeDue(Start + (49 * Millisecond)));
        Assert.True(board.TakeDue(Start + (50 * Millisecond)));
        Assert.False(board.TakeDue(Start + (100 * Millisecond)));
        Assert.Equal(long.MaxValue, board.Deadline);
    }
}
