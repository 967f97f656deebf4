using Difusor.Agent.Events;

namespace Difusor.Agent.Tests.Events;

/// <summary>The gate's reasons are reasons to hold a release, under the same codes.</summary>
public sealed class HoldReasonTests
{
    [Fact]
    public void EachReasonOfTheGateIsOneToHoldARelease()
    {
        foreach (var reason in Enum.GetValues<GateReason>())
        {
            Assert.Equal(reason.Code(), reason.Hold().Code());
            Assert.Equal(reason, reason.Hold().Gate());
            Assert.Equal(reason, GateReasons.Named(reason.Code()));
        }
    }

    [Fact]
    public void WhatElseHoldsAReleaseIsNoReasonOfTheGate() =>
        Assert.All(
            Enum.GetValues<HoldReason>().Skip(Enum.GetValues<GateReason>().Length), reason =>
                Assert.Null(reason.Gate()));
}
