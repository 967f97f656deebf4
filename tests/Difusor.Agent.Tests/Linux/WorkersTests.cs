using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Tests.Linux;

/// <summary>However much takes long, a worker is free for what is urgent.</summary>
public sealed class WorkersTests
{
    [Fact]
    public void AnArchiveAndALongVerdictOfTheBestClaimLeaveAWorkerForTheGenuine()
    {
        using var ended = new ManualResetEventSlim();
        using var workers = new Workers(3, "test", drained: () => { });
        using var began = new CountdownEvent(2);
        for (var one = 0; one < 2; one++)
            workers.Add(() => { began.Signal(); ended.Wait(TimeSpan.FromSeconds(60)); }, WorkKind.UrgentLong);
        Assert.True(began.Wait(TimeSpan.FromSeconds(60)), "two long pieces of work did not begin");
        foreach (var kind in new[] { WorkKind.UrgentLong, WorkKind.Long, WorkKind.UrgentLong })
            workers.Add(() => ended.Wait(TimeSpan.FromSeconds(60)), kind);
        using var done = new ManualResetEventSlim();
        workers.Add(done.Set, WorkKind.Urgent);
        Assert.True(done.Wait(TimeSpan.FromSeconds(60)), "what is urgent waited behind what is long");
        ended.Set();
    }

    [Fact]
    public void ASlowArchiveWithoutAClaimLeavesAWorkerForTheGenuine()
    {
        using var ended = new ManualResetEventSlim();
        using var workers = new Workers(2, "test", drained: () => { });
        using var began = new CountdownEvent(1);
        workers.Add(() => { began.Signal(); ended.Wait(TimeSpan.FromSeconds(60)); }, WorkKind.Long);
        Assert.True(began.Wait(TimeSpan.FromSeconds(60)), "the first long work did not begin");
        for (var more = 0; more < 10; more++) workers.Add(() => ended.Wait(TimeSpan.FromSeconds(60)), WorkKind.Long);
        using var done = new ManualResetEventSlim();
        workers.Add(done.Set, WorkKind.Urgent);
        Assert.True(done.Wait(TimeSpan.FromSeconds(60)), "what is urgent waited behind what is long");
        ended.Set();
    }
}
