using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests.Gate;

public class ZoneAgreementTests
{
    [Fact]
    public void MexicoHadDaylightSavingTimeInJune2021() => Assert.Empty(ZoneAgreement.Check(VirtualHost.Profile));

    [Fact]
    public void AProfileWithTheOffsetOfTheWinterIsRefusedWithAnExplanation()
    {
        var problems =
            ZoneAgreement.Check(VirtualHost.Profile with { Opens = DateTimeOffset.Parse("2021-06-06T20:00:00-06:00") });
        var problem = Assert.Single(problems);
        Assert.Equal("publication.opens", problem.Key);
        Assert.Contains("-05:00", problem.Detail);
        Assert.Contains("2021-06-06T20:00:00-05:00 if the local time is meant", problem.Detail);
    }

    [Fact]
    public void SinceOctober2022ItHasNone()
    {
        var opens = DateTimeOffset.Parse("2024-06-02T20:00:00-06:00");
        var profile = VirtualHost.Profile
            with { Opens = opens, FirstCorte = opens, KeepUntil = opens.AddDays(1), LastCorte = opens.AddDays(1),
            Rehearsals = [] };
        Assert.Empty(ZoneAgreement.Check(profile));
        Assert.Equal(
            "publication.opens",
            Assert.Single(
            ZoneAgreement.Check(profile with { Opens = DateTimeOffset.Parse("2024-06-02T20:00:00-05:00") })).Key);
    }

    [Fact]
    public void ARehearsalIsCheckedToo()
    {
        var wrong = new Window(
            DateTimeOffset.Parse("2021-05-31T09:00:00-06:00"), DateTimeOffset.Parse("2021-05-31T17:00:00-05:00"));
        Assert.Equal(
            "rehearsals[0].from",
            Assert.Single(ZoneAgreement.Check(VirtualHost.Profile with { Rehearsals = [wrong] })).Key);
    }

    [Fact]
    public void AMisspeltZoneIsSaidToBeOne() =>
        Assert.Equal(
        "time_zone",
        Assert.Single(ZoneAgreement.Check(VirtualHost.Profile with { TimeZone = "America/Mexico_Ciudad" })).Key);
}
