using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Tests.Gate;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Configuration;

public class ZoneAgreementTests
{
    const string Mexico = "America/Mexico_City";

    /// <summary>As tests/data/stale-tzdata/mx.zi has it: daylight saving time, as if it had never ended.</summary>
    static readonly TimeZoneInfo Old = Zone(Mexico, -6, TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
        new DateTime(2002, 1, 1), new DateTime(2037, 12, 31), TimeSpan.FromHours(1),
        TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 4, 1, DayOfWeek.Sunday),
        TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 10, 5, DayOfWeek.Sunday)));

    static readonly ElectionProfile In2024 = BuiltIn("ieem-2024");

    static ElectionProfile BuiltIn(string id) =>
        ConfigurationFiles.LoadProfile(id, "/nowhere/agent.yaml", Position.Start).Value!;

    static TimeZoneInfo Zone(string id, int hours, params TimeZoneInfo.AdjustmentRule[] rules) =>
        TimeZoneInfo.CreateCustomTimeZone(id, TimeSpan.FromHours(hours), id, id, id, rules);

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text);

    static IReadOnlyList<ZoneProblem> Check(ElectionProfile profile) =>
        ZoneAgreement.Check(profile, ZoneOpinions.Of(profile.TimeZone));

    static ElectionProfile Written(string offset)
    {
        var opens = At($"2024-06-02T20:00:00{offset}");
        return In2024 with
        {
            Opens = opens, FirstCorte = opens, KeepUntil = opens.AddDays(1), LastCorte = opens.AddDays(1),
        };
    }

    [Fact]
    public void MexicoHadDaylightSavingTimeInJune2021() => Assert.Empty(Check(VirtualHost.Profile));

    [Fact]
    public void SinceOctober2022ItHasNone() => Assert.Empty(Check(In2024));

    [Fact]
    public void AProfileWithTheOffsetOfTheWinterIsRefusedWithTheRightOne()
    {
        var problem = Assert.Single(Check(VirtualHost.Profile with { Opens = At("2021-06-06T20:00:00-06:00") }));
        Assert.Equal("publication.opens", problem.Key);
        Assert.Equal(
            "publication.opens: its offset is not the one of America/Mexico_City on that date. It says "
            + "2021-06-06T20:00:00-06:00; expected 2021-06-06T20:00:00-05:00.", problem.What.In(Language.En));
    }

    [Fact]
    public void ARehearsalIsCheckedToo()
    {
        var wrong = new Window(At("2021-05-31T09:00:00-06:00"), At("2021-05-31T17:00:00-05:00"));
        Assert.Equal(
            "rehearsals[0].from", Assert.Single(Check(VirtualHost.Profile with { Rehearsals = [wrong] })).Key);
    }

    [Fact]
    public void AMisspeltZoneIsSaidToBeOne() =>
        Assert.Equal("time_zone", Assert.Single(Check(In2024 with { TimeZone = "America/Mexico_Ciudad" })).Key);

    [Fact]
    public void AHostWithOldZoneDataRunsByTheOffsetsOfTheProfile()
    {
        var zone = new ZoneOpinions(Mexico, Old, null);
        Assert.Empty(ZoneAgreement.Check(In2024, zone));
        Assert.Equal(In2024.Opens, ZoneAgreement.HostDiffers(In2024, zone));
        Assert.Equal("2024-06-02T20:00:00-05:00", TextFile.Show(zone.ByHost(In2024.Opens)));
        var own = ZoneAgreement.Zone(In2024, zone);
        Assert.Equal((TimeSpan.FromHours(-6), Mexico), (own.GetUtcOffset(new DateTime(2024, 6, 2, 20, 20, 0)), own.Id));
    }

    [Fact]
    public void AHostWithoutZoneDataRunsByTheOffsetsOfTheProfile()
    {
        var zone = new ZoneOpinions(Mexico, null, null);
        Assert.Empty(ZoneAgreement.Check(In2024, zone));
        Assert.NotNull(ZoneAgreement.HostDiffers(In2024, zone));
        Assert.Null(zone.ByHost(In2024.Opens));
        Assert.Equal(TimeSpan.FromHours(-6), ZoneAgreement.Zone(In2024, zone).BaseUtcOffset);
    }

    /// <summary>The host's own zone is used where it agrees: also in the other half of the year.</summary>
    [Fact]
    public void AHostThatAgreesKeepsItsZone()
    {
        var zone = new ZoneOpinions(Mexico, Old, null);
        Assert.Null(ZoneAgreement.HostDiffers(VirtualHost.Profile, zone));
        Assert.Same(Old, ZoneAgreement.Zone(VirtualHost.Profile, zone));
    }

    [Theory, InlineData("-07:00"), InlineData("+00:00")]
    public void AProfileThatBothContradictIsWrongAndTheNewerDataSayTheRightOffset(string offset)
    {
        var zone = new ZoneOpinions(Mexico, Old, null);
        var problems = ZoneAgreement.Check(Written(offset), zone);
        Assert.Equal(4, problems.Count);
        Assert.Contains(
            "expected 2024-06-02T20:00:00-06:00.", problems[0].What.In(Language.En), StringComparison.Ordinal);
    }

    /// <summary>Who writes a profile on such a host is told by it that UTC-5 is right.</summary>
    [Theory, InlineData(null), InlineData("2020a")]
    public void AProfileWithTheOffsetOfOldZoneDataWouldOpenAnHourEarlyAndIsRefused(string? version)
    {
        var problems = ZoneAgreement.Check(Written("-05:00"), new ZoneOpinions(Mexico, Old, version));
        Assert.Contains(
            "expected 2024-06-02T20:00:00-06:00.", problems[0].What.In(Language.En), StringComparison.Ordinal);
    }

    /// <summary>A rule that is younger than this program.</summary>
    [Fact]
    public void AProfileWithTheOffsetOfNewerZoneDataIsTaken() =>
        Assert.Empty(ZoneAgreement.Check(Written("-05:00"), new ZoneOpinions(Mexico, Old, "2099a")));

    [Fact]
    public void AZoneThatOnlyTheHostKnowsIsTakenAtItsWord()
    {
        var zone = new ZoneOpinions("America/Nueva", Zone("America/Nueva", -6), null);
        var profile = In2024 with { TimeZone = "America/Nueva" };
        Assert.Empty(ZoneAgreement.Check(profile, zone));
        Assert.NotEmpty(ZoneAgreement.Check(profile with { Opens = At("2024-06-02T20:00:00-05:00") }, zone));
    }

    /// <summary>NodaTime takes such names for zones of its own; nothing else does.</summary>
    [Theory, InlineData("UTC-06"), InlineData(""), InlineData("../../etc/passwd"), InlineData("Mexico City")]
    public void WhatIsNoIanaNameIsNoZone(string id) => Assert.False(ZoneOpinions.Of(id).IsKnown);

    [Theory]
    [InlineData("# version 2026a\nR A 1", "", "2026a"), InlineData("", "2024b\n", "2024b"), InlineData("", "", null)]
    [InlineData("R A 1916", "nobody knows", null)]
    public void TheVersionOfTheHostsDataIsReadWhereTheySayIt(string zi, string plus, string? expected) =>
        Assert.Equal(expected, ZoneData.Version(
            path => path.EndsWith("/tzdata.zi", StringComparison.Ordinal) ? zi
                : path.EndsWith("/+VERSION", StringComparison.Ordinal) ? plus : ""));

    [Fact]
    public void EachShippedProfileHasTheOffsetsOfTheProgramsOwnData() =>
        Assert.All(ConfigurationFiles.BuiltIn, id =>
        {
            var profile = BuiltIn(id);
            Assert.Empty(ZoneAgreement.Check(profile, new ZoneOpinions(profile.TimeZone, null, null)));
        });
}
