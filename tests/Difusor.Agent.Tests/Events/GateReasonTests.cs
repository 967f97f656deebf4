using Difusor.Agent.Events;

namespace Difusor.Agent.Tests.Events;

/// <summary>The gate's reasons are reasons to hold a release, under the same codes.</summary>
public sealed class GateReasonTests
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
        Assert.Equal(
            Enum.GetValues<GateReason>(),
            Enum.GetValues<HoldReason>().Select(reason => reason.Gate()).OfType<GateReason>().Order());

    /// <summary>A reason that was added to the list, and to nothing that decides, is no reason.</summary>
    [Fact]
    public void TheGateGivesEachOfItsReasons()
    {
        var rules = File.ReadAllText(Path.Combine(Repository.Root, "agent/Core/Gate/PublicationGate.cs"));
        Assert.All(
            Enum.GetNames<GateReason>(),
            reason => Assert.Contains($"GateReason.{reason}", rules, StringComparison.Ordinal));
    }

    [Fact]
    public void EachReasonOfTheGateHasATestOfTheGate()
    {
        var folder = Path.Combine(Repository.Root, "tests/Difusor.Agent.Tests/Gate");
        var tests = string.Concat(Directory.EnumerateFiles(folder, "*Tests.cs").Select(File.ReadAllText));
        Assert.All(
            Enum.GetNames<GateReason>(),
            reason => Assert.Contains($"GateReason.{reason}", tests, StringComparison.Ordinal));
    }
}
