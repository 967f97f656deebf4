using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Tests.Sentinel;

public sealed class NoticeOfChangeTests
{
    [Fact]
    public void OnlyAChangeForTheWorseAndBackIsTold()
    {
        var condition = Condition.Well;
        var told = new List<string>();
        foreach (var (code, cause) in new[]
        {
            (EventCode.TamperDetected, ""), (EventCode.TamperDetected, ""), (EventCode.HealFailed, ""),
            (EventCode.HealFailed, ""), (EventCode.TamperHealed, ""),
            (EventCode.CorteOverdue, "held"), (EventCode.CorteOverdue, "held"), (EventCode.CorteResumed, ""),
            (EventCode.CortePublished, ""),
        })
        {
            (var change, condition) =
                condition.Hear(code, cause.Length > 0 ? new JsonObject { ["cause"] = cause } : []);
            if (change is not null) told.Add(change);
        }
        Assert.Equal(["integrity Worse", "integrity Worse", "integrity Back", "corte Worse", "corte Back"], told);
        Assert.True(condition.IsWell);
    }

    [Fact]
    public void AJournalOfAnEarlierVersionEndsTheDelayInItsOwnWay()
    {
        (_, var condition) =
            Condition.Well.Hear(EventCode.CorteOverdue, new JsonObject { ["cause"] = "nothing-arrived" });
        (var change, condition) = condition.Hear(EventCode.CorteOverdue, new JsonObject { ["cause"] = "ended" });
        Assert.Equal("corte Back", change);
        Assert.True(condition.IsWell);
    }

    [Fact]
    public void WhatIsSetAsideIsATroubleUntilRetry()
    {
        var (worse, condition) = Condition.Well.Hear(EventCode.DeliverySetAside, []);
        Assert.Equal("set-aside Worse", worse);
        (var none, condition) = condition.Hear(EventCode.OperatorAction, new JsonObject { ["action"] = "withdraw" });
        Assert.Null(none);
        (var retried, condition) = condition.Hear(EventCode.OperatorAction, new JsonObject { ["action"] = "retry" });
        Assert.Equal("set-aside Back", retried);
        Assert.True(condition.IsWell);
    }

    [Fact]
    public void TheEndOfARehearsalIsNoTroubleAndItsBeginningEndsNone()
    {
        const string window = "2021-05-31T09:00:00-05:00/2021-05-31T17:00:00-05:00";
        JsonObject rehearsal = new() { ["window"] = window };
        Assert.Null(Condition.Well.Hear(EventCode.GateClosed, rehearsal).Change);
        var (worse, closed) = Condition.Well.Hear(EventCode.GateClosed, []);
        Assert.Equal("gate Worse", worse);
        Assert.Null(closed.Hear(EventCode.GateOpened, (JsonObject)rehearsal.DeepClone()).Change);
        Assert.Equal("gate Back", closed.Hear(EventCode.GateOpened, []).Change);
    }

    [Fact]
    public void AnotherElectionBeginsWithoutTheTroublesOfTheLastOne()
    {
        (_, var condition) = Condition.Well.Hear(EventCode.AgentStarted, new JsonObject { ["election"] = "a" });
        (_, condition) = condition.Hear(EventCode.CorteOverdue, new JsonObject { ["cause"] = "nothing-arrived" });
        (_, condition) = condition.Hear(EventCode.StorageLow, []);
        Assert.Equal(2, condition.Hear(EventCode.AgentStarted, new JsonObject { ["election"] = "a" }).Next.Bad.Count);
        Assert.Equal(
            ["storage"], condition.Hear(EventCode.AgentStarted, new JsonObject { ["election"] = "b" }).Next.Bad.Keys);
    }

    [Fact]
    public void RepeatedTamperingIsToldLessOftenAndNothingIsLeftOut()
    {
        var now = DateTimeOffset.UnixEpoch;
        var (noise, told, events) = (AlarmNoise.Silence, 0, 0);
        for (var at = 0; at < 3000; at++)
        {
            (var now3, noise) = noise.Hear(
                [new Alteration(Root.Public, null, AlterationKind.Link, $"{at}", null, null, "")],
                now += TimeSpan.FromSeconds(1));
            told += now3.Length;
            events += now3.IsEmpty ? 0 : 1;
        }
        Assert.InRange(events, 300, 400);
        (var last, noise) = noise.Hear([], noise.Due ?? now);
        Assert.Equal(3000, told + last.Length);
        Assert.Null(noise.Due);
    }

    [Fact]
    public void ARescanRestsNineTenthsOfItsTimeAndStillEndsInHalfOfItsPeriod()
    {
        var pace = new RescanPace(TimeSpan.FromMinutes(5));
        Assert.Equal(TimeSpan.FromMilliseconds(9), pace.Rest(TimeSpan.FromMilliseconds(1), TimeSpan.Zero, 0.01, 0.99));
        var elapsed = TimeSpan.Zero;
        for (var piece = 1; piece <= 200; piece++)
        {
            var worked = TimeSpan.FromMilliseconds(400);
            elapsed += worked;
            elapsed += pace.Rest(worked, elapsed, 1 / 200d, 1 - piece / 200d);
        }
        Assert.InRange(elapsed, TimeSpan.FromSeconds(80), TimeSpan.FromSeconds(165));
        Assert.Equal(
            TimeSpan.Zero,
            new RescanPace(TimeSpan.FromSeconds(1))
            .Rest(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), 0.1, 0.9));
    }

    [Fact]
    public void TheCommandThatClearsTheWayIsOneShellArgumentWhateverThePath()
    {
        Assert.Equal(
            "umount /var/lib/difusor-agent/public",
            HealAdvice.Command(HealObstacle.Mount, "/var/lib/difusor-agent/public", "difusor-agent"));
        Assert.Equal(
            @"chattr -R -i -a '/srv/o'\''k; rm -rf /'",
            HealAdvice.Command(HealObstacle.ImmutableFlag, "/srv/o'k; rm -rf /", "x"));
    }

    [Fact]
    public void ExposureCountsFromTheFirstChangeThatTheKernelDates()
    {
        var at = DateTimeOffset.UnixEpoch;
        Alteration Changed(DateTimeOffset? since) =>
            new(Root.Public, null, AlterationKind.Changed, "a", Digest.Sha256([]), null, "", since);
        Assert.Equal(
            TimeSpan.FromSeconds(5),
            TamperEvents.Exposure([Changed(at), Changed(null)], at.AddSeconds(3), at.AddSeconds(5)));
        Assert.Equal(
            TimeSpan.FromSeconds(2),
            TamperEvents.Exposure([Changed(at.AddSeconds(9))], at.AddSeconds(3), at.AddSeconds(5)));
    }
}
