using Difusor.Agent.Events;

namespace Difusor.Agent.Tests.Night;

/// <summary>What is told for each of several things ends for each by itself.</summary>
public sealed class EndOfAnotherTests
{
    readonly NightScene night = NightScene.Open();

    public static TheoryData<AgentEvent, AgentEvent, AgentEvent> Pairs => new()
    {
        { new ProbeFailed("https://a/", 503, null), new ProbeFailed("https://b/", 503, null),
            new ProbeRecovered("https://b/", 1) },
        { new SyslogFailed("udp://a:514", "EIO", 1, null), new SyslogFailed("udp://b:514", "EIO", 1, null),
            new SyslogRecovered("udp://b:514", 1) },
        { new HookFailed(Root.Public, null, "exit 7"), new HookFailed(Root.Rehearsal, null, "exit 7"),
            new HookRecovered(Root.Rehearsal, 1) },
        { new DeliveryIgnored("a", IgnoredCause.LooseFiles), new DeliveryIgnored("b", IgnoredCause.LooseFiles),
            Ended(Trouble.Ignored, "b") },
        { new DropCrowded(default, 1, 1, 1, null), Closed("/b"), Ended(Trouble.Drop, "/b") },
        { Closed("/b"), new DropCrowded(default, 1, 1, 1, null), new DropClear(1, 0, 0) },
        { new DeliveryStalled("a", null, null, null), new DeliveryStalled("b", null, null, null, Root.Rehearsal),
            Ended(Trouble.Delivery, "rehearsal") },
    };

    [Theory, MemberData(nameof(Pairs))]
    public void TheEndOfOneDoesNotEndAnother(AgentEvent lasting, AgentEvent other, AgentEvent end)
    {
        foreach (var happened in new[] { lasting, other, end }) night.Recorder.Record(happened, night.Now);
        Assert.Equal(lasting.Code, Assert.Single(night.Troubles.Open).Code);
    }

    static TroubleEnded Ended(Trouble trouble, string subject) =>
        new(trouble, "X", subject, TroubleEndCause.Gone, 1);

    static DropClosed Closed(string drop) =>
        new(drop, ClosedCause.NoWriting, drop, "root", "root", "0755", null);
}
