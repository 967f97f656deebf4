using Difusor.Agent.Events;

namespace Difusor.Agent.Tests.Night;

/// <summary>A collector that takes nothing is a trouble after a minute, and ends.</summary>
public sealed class SyslogTroubleTests
{
    const string Day = "2021-06-06T";

    [Fact]
    public void ACollectorThatTakesNothingForAMinuteIsATroubleUntilItDoes()
    {
        var night = NightScene.Open();
        var target = night.Settings.Syslog.Target;
        night.Syslog.Take(target, "The remote certificate is invalid", night.Now);
        night.Quietly($"{Day}20:01:59");
        night.Syslog.Take(target, "The remote certificate is invalid", night.Now);
        Assert.Empty(night.Wrong);
        night.Quietly($"{Day}20:02:01");
        night.Turn();
        Assert.Equal(["SYSLOG_FAILED"], night.Wrong);
        Assert.Equal((1, 7), (night.Count(EventCode.SyslogFailed), night.Last<SyslogFailed>().Pending!.Value));
        night.Restart();
        Assert.Equal(["SYSLOG_FAILED"], night.Wrong);
        night.Syslog.Take(target, null, night.Now);
        Assert.Empty(night.Wrong);
        Assert.Equal(1, night.Count(EventCode.SyslogRecovered));
    }

    /// <summary>It counted from SYSLOG_FAILED, which comes a minute after the collector has gone.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void TheEndSaysForHowLongNothingWasTaken(bool restarted)
    {
        var night = NightScene.Open();
        var target = night.Settings.Syslog.Target;
        night.Quietly($"{Day}20:01:00");
        night.Syslog.Take(target, "refused", night.Now);
        night.Quietly($"{Day}20:02:10");
        night.Turn();
        Assert.Equal(70, night.Last<SyslogFailed>().Seconds);
        night.Quietly($"{Day}20:06:00");
        if (restarted) night.Restart();
        night.Syslog.Take(target, null, night.Now);
        Assert.InRange(night.Last<SyslogRecovered>().Seconds!.Value, 299, 301);
    }

    [Fact]
    public void ACollectorThatIsAwayForLessThanAMinuteIsNoTrouble()
    {
        var night = NightScene.Open();
        night.Syslog.Take(night.Settings.Syslog.Target, "refused", night.Now);
        night.Quietly($"{Day}20:01:30");
        night.Syslog.Take(night.Settings.Syslog.Target, null, night.Now);
        night.Syslog.Take(night.Settings.Syslog.Target, "refused", night.Now);
        night.Quietly($"{Day}20:02:29");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void ATargetThatIsConfiguredNoMoreIsNoTrouble()
    {
        var night = NightScene.Open();
        night.Recorder.Record(new SyslogFailed("tls://siem:6514", "refused", 1), night.Now);
        Assert.Equal(["SYSLOG_FAILED"], night.Wrong);
        night.Turn();
        Assert.Empty(night.Wrong);
        Assert.Equal(TroubleEndCause.Unconfigured, night.Last<TroubleEnded>().Cause);
    }
}
