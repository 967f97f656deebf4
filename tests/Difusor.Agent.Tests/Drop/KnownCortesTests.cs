using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests;

/// <summary>What a name promises, and which verdict is news, as time and cortes go by.</summary>
public sealed class KnownCortesTests
{
    const long Second = 1_000_000_000;
    static readonly VerificationRules Rules = VerificationRules.Default with { Offset = TimeSpan.FromHours(-5) };

    /// <summary>The host's clock says 20:30 at second 100.</summary>
    static ClockReading Now(long second = 100, int fastBy = 0) =>
        new(0, second * Second, second * Second, At("20:30").AddSeconds(second - 100 + fastBy));

    static DateTimeOffset At(string hour) => Corte.Read($"2021-06-06T{hour}:00-05:00")!.Value.At;

    static PackageName Stamp(string hour) => new(null, At(hour).DateTime, PackageForm.Folder);

    static Verdict VerdictOn(string? hour, bool accepted = true) =>
        new("P", hour is null ? null : new Corte(At(hour)), null, 0, 0, null, "",
            accepted ? [] : [Finding.Of(ReasonCode.NoHash, null, "")], [], []);

    [Fact]
    public void ANameIsHeldAgainstTheLiveCorte()
    {
        var cortes = new KnownCortes();
        Assert.Equal(Promise.Newer, cortes.PromiseOf(Stamp("20:00"), Now(), Rules));
        cortes.LiveIs(new Corte(At("20:20")));
        Assert.Equal(Promise.Older, cortes.PromiseOf(Stamp("20:00"), Now(), Rules));
        Assert.Equal(Promise.Unknown, cortes.PromiseOf(new PackageName(null, null, PackageForm.Folder), Now(), Rules));
    }

    [Fact]
    public void WithoutTrustedTimeACorteMayLieFiveMinutesAheadOfTheHostsClock()
    {
        var cortes = new KnownCortes();
        Assert.Equal(Promise.Newer, cortes.PromiseOf(Stamp("20:35"), Now(), Rules));
        Assert.Equal(Promise.Future, cortes.PromiseOf(Stamp("20:36"), Now(), Rules));
    }

    [Fact]
    public void TrustedTimeGoesOnWhateverTheHostsClockSays()
    {
        var cortes = new KnownCortes();
        cortes.TimeIs(At("20:20"), Now());
        Assert.Equal(Promise.Future, cortes.PromiseOf(Stamp("20:21"), Now(fastBy: 3600), Rules));
        Assert.Equal(Promise.Newer, cortes.PromiseOf(Stamp("20:21"), Now(second: 160), Rules));
        Assert.Equal(Promise.Future, cortes.PromiseOf(Stamp("20:22"), Now(second: 160), Rules));
    }

    [Fact]
    public void OtherRulesCountAtTheSameInstant()
    {
        var cortes = new KnownCortes();
        Assert.Equal(Promise.Newer, cortes.PromiseOf(Stamp("20:35"), Now(), Rules));
        var west = Rules with { Offset = TimeSpan.FromHours(-6) };
        Assert.Equal(Promise.Future, cortes.PromiseOf(Stamp("20:35"), Now(), west));
    }

    [Fact]
    public void ANewerAcceptedCorteIsNewsOnce()
    {
        var cortes = new KnownCortes();
        cortes.Begin(new Corte(At("20:00")));
        Assert.False(cortes.HasJudged(VerdictOn("20:00"), Now()));
        Assert.False(cortes.HasJudged(VerdictOn("20:20", accepted: false), Now()));
        Assert.True(cortes.IsNews(VerdictOn("20:20"), Now()));
        Assert.True(cortes.HasJudged(VerdictOn("20:20"), Now()));
        Assert.False(cortes.IsNews(VerdictOn("20:20"), Now()));
        Assert.Equal([new Corte(At("20:00")), new Corte(At("20:20"))], cortes.WithVerdict.Order());
    }

    [Fact]
    public void ACorteOfTheFutureIsNoNewsAndOvertakesNothing()
    {
        var cortes = new KnownCortes();
        Assert.False(cortes.HasJudged(VerdictOn("20:40"), Now()));
        Assert.False(cortes.IsOvertaken(new Corte(At("20:00")), null));
        Assert.False(cortes.HasJudged(VerdictOn(null), Now()));
    }

    [Fact]
    public void WhatStalledIsOvertakenByItsCorteOrElseByItsName()
    {
        var cortes = new KnownCortes();
        Assert.False(cortes.IsOvertaken(null, Stamp("20:00").Stamp));
        cortes.HasJudged(VerdictOn("20:20"), Now());
        Assert.True(cortes.IsOvertaken(new Corte(At("20:00")), Stamp("20:40").Stamp));
        Assert.False(cortes.IsOvertaken(new Corte(At("20:20")), Stamp("20:00").Stamp));
        Assert.True(cortes.IsOvertaken(null, Stamp("20:00").Stamp));
        Assert.False(cortes.IsOvertaken(null, null));
    }
}
