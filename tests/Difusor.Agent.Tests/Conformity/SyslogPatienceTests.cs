using Difusor.Agent.Journal;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>After an upgrade rsyslog is restarted, and check failed for what had arrived three seconds later.</summary>
public sealed class SyslogPatienceTests
{
    static readonly DateTimeOffset Now = new(2021, 6, 6, 19, 30, 0, TimeSpan.FromHours(-5));

    [Theory]
    [InlineData(1, null, true), InlineData(1, 3.0, true), InlineData(1, 9.0, false), InlineData(0, null, false)]
    public void ATargetThatTakesNothingIsWaitedForOnlyAMoment(long pending, double? seconds, bool waits)
    {
        DateTimeOffset? since = seconds is { } ago ? Now.AddSeconds(-ago) : null;
        var target = new SyslogStatus("unix:/dev/log", pending, since is null ? null : "refused", since);
        Assert.Equal(waits, target.IsCatchingUp(Now, TimeSpan.FromSeconds(8)));
    }
}
