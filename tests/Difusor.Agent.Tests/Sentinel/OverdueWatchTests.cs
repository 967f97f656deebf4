using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Tests.Sentinel;

public sealed class OverdueWatchTests
{
    static readonly DateTimeOffset Opens = At("20:00");
    static readonly ElectionProfile Profile = new()
    {
        Id = "x", Title = "x", Authority = "x", TimeZone = "America/Mexico_City", Opens = Opens,
        KeepUntil = Opens.AddHours(28),
        FirstCorte = Opens, LastCorte = Opens.AddHours(24), Cadence = TimeSpan.FromMinutes(20),
    };

    [Fact]
    public void AfterCadenceAndGraceAtEachFurtherCadenceAndAtItsEnd()
    {
        var published = Progress(At("20:20"), since: At("20:21"));
        var (watch, alarms) = (OverdueWatch.Calm, new List<(string, bool, int)>());
        void Ask(string time, CorteProgress progress)
        {
            (var alarm, watch) = watch.Ask(progress, At(time), Profile, TimeSpan.FromMinutes(5));
            if (alarm is not null) alarms.Add((time, alarm.Cause == OverdueCause.Ended, alarm.Times));
        }
        foreach (var time in new[] { "20:22", "20:45:59", "20:46:00", "20:46:05", "21:05:59", "21:06:00", "21:06:05" })
            Ask(time, published);
        Ask("21:10", Progress(At("20:40"), since: At("21:09")));
        Ask("21:20", Progress(At("20:40"), since: At("21:09")));
        Assert.Equal([("20:46:00", false, 1), ("21:06:00", false, 2), ("21:10", true, 2)], alarms);
    }

    [Fact]
    public void BeforeTheOpeningAndAfterTheLastCorteNothingIsOverdue()
    {
        var grace = TimeSpan.FromMinutes(5);
        Assert.Null(
            OverdueWatch.Calm.Ask(Progress(null, Opens) with { Opened = false }, At("21:00"), Profile, grace).Alarm);
        Assert.Null(
            OverdueWatch.Calm.Ask(
            Progress(Profile.LastCorte, Profile.LastCorte.AddMinutes(1)), Profile.LastCorte.AddHours(3), Profile,
            grace).Alarm);
        // The last but one stays the last: told for as long as one more was due, and then no more.
        var (alarm, watch) = OverdueWatch.Calm.Ask(
            Progress(Profile.LastCorte.AddMinutes(-20), Profile.LastCorte.AddMinutes(-19)),
            Profile.LastCorte.AddMinutes(25), Profile, grace);
        Assert.Equal(1, alarm?.Times);
        Assert.NotNull(
            watch.Ask(
            Progress(Profile.LastCorte.AddMinutes(-20), Profile.LastCorte.AddMinutes(-19)),
            Profile.LastCorte.AddMinutes(-19 + 45), Profile, grace).Next);
        Assert.Null(
            watch.Ask(
            Progress(Profile.LastCorte.AddMinutes(-20), Profile.LastCorte.AddMinutes(-19)),
            Profile.LastCorte.AddHours(3), Profile, grace).Alarm);
    }

    /// <summary>It may go out up to five minutes before its time, so a whole cadence passes before the end.</summary>
    [Fact]
    public void TheLastCorteThatWentOutEarlyIsNotFollowedByAFalseAlarm()
    {
        var (watch, grace) = (OverdueWatch.Calm, TimeSpan.FromMinutes(5));
        var last = Progress(Profile.LastCorte, Profile.LastCorte.AddMinutes(-4));
        for (var minute = 0; minute <= 180; minute++)
        {
            (var alarm, watch) = watch.Ask(last, Profile.LastCorte.AddMinutes(minute), Profile, grace);
            Assert.Null(alarm);
        }
    }

    [Fact]
    public void AfterTheNightACorteThatNeverCameCountsOnceAndUntilTheSiteMayBeTakenDown()
    {
        var grace = TimeSpan.FromMinutes(5);
        var last = Progress(Profile.LastCorte.AddMinutes(-20), Profile.LastCorte.AddMinutes(-19));
        var (told, watch) = OverdueWatch.Calm.Ask(last, Profile.LastCorte.AddHours(3), Profile, grace);
        Assert.Equal(1, told?.Times);
        (var none, watch) = watch.Ask(last, Profile.KeepUntil.AddSeconds(-1), Profile, grace);
        Assert.Null(none);
        (var over, watch) = watch.Ask(last, Profile.KeepUntil, Profile, grace);
        Assert.Equal(OverdueCause.Ended, over?.Cause);
        Assert.Null(watch.Ask(last, Profile.KeepUntil.AddHours(1), Profile, grace).Alarm);
    }

    [Fact]
    public void WithoutAFirstCorteTheOpeningCounts()
    {
        Assert.Null(
            OverdueWatch.Calm.Ask(Progress(null, Opens), At("20:24:59"), Profile, TimeSpan.FromMinutes(5)).Alarm);
        Assert.Equal(
            OverdueCause.NothingArrived,
            OverdueWatch.Calm.Ask(Progress(null, Opens), At("20:25"), Profile, TimeSpan.FromMinutes(5)).Alarm?.Cause);
    }

    [Fact]
    public void ItSaysOnWhoseSideTheDelayIs()
    {
        var progress = Progress(null, Opens);
        OverdueCause? Cause(CorteProgress of) =>
            OverdueWatch.Calm.Ask(of, At("21:00"), Profile, TimeSpan.Zero).Alarm?.Cause;
        CorteProgress Seen(params (OverdueCause, string)[] seen) => progress with { Seen = [.. seen] };
        var (arriving, rejected) = ((OverdueCause.Arriving, "A"), (OverdueCause.Rejected, "B"));
        Assert.Equal(OverdueCause.Arriving, Cause(Seen((OverdueCause.Ignored, "a.html"), arriving)));
        Assert.Equal(OverdueCause.Rejected, Cause(Seen(arriving, rejected)));
        Assert.Equal(OverdueCause.Held, Cause(Seen(arriving, rejected, (OverdueCause.Held, "C"))));
    }

    [Fact]
    public void ItNamesWhatTheFirstCauseIsAboutAndNotWithoutEnd()
    {
        var many = Enumerable.Range(0, 2000).Select(number => (OverdueCause.Ignored, $"{number}.html"));
        var blame = (Progress(null, Opens) with { Seen = [(OverdueCause.NotNewer, "P"), .. many] }).Blame;
        Assert.Equal((OverdueCause.Ignored, "0.html"), (blame.Cause, blame.Names[0]));
        Assert.InRange(blame.Names.Count, 1, 100);
    }

    static CorteProgress Progress(DateTimeOffset? corte, DateTimeOffset since) =>
        new(corte is { } at ? new Corte(at) : null, since, true, []);

    static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2021-06-06T{time}-05:00");
}
