using Difusor.Agent.Linux.Drop;

namespace Difusor.Agent.Tests.Linux;

/// <summary>What other threads want done comes in order, and a wake-up before the waiting ends it.</summary>
public sealed class InboxTests
{
    /// <summary>Only so that a broken test ends.</summary>
    const int Milliseconds = 60_000;

    static List<int> Taken(Inbox inbox, List<int> done)
    {
        while (inbox.TryTake(out var request)) request();
        return done;
    }

    [Fact]
    public void RequestsAreTakenInTheOrderInWhichTheyCame()
    {
        using var inbox = new Inbox();
        var done = new List<int>();
        inbox.Add(() => done.Add(1));
        inbox.AddQuietly(() => done.Add(2));
        inbox.Add(() => done.Add(3));
        Assert.Equal([1, 2, 3], Taken(inbox, done));
        Assert.False(inbox.TryTake(out _));
    }

    [Fact]
    public void AWakeUpBeforeTheWaitingEndsItEachTimeAnew()
    {
        using var inbox = new Inbox();
        for (var turn = 0; turn < 3; turn++)
        {
            inbox.Wake();
            inbox.Wake();
            inbox.Wait(-1, Milliseconds);
        }
    }

    [Fact]
    public async Task WhoWaitsIsWokenByARequest()
    {
        using var inbox = new Inbox();
        var done = new List<int>();
        var waiting = Task.Run(() =>
        {
            while (Taken(inbox, done).Count == 0) inbox.Wait(-1, Milliseconds);
        });
        inbox.Add(() => done.Add(1));
        await waiting.WaitAsync(TimeSpan.FromMilliseconds(Milliseconds));
        Assert.Equal([1], done);
    }
}
