using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Tests.Sentinel;

public sealed class HeartbeatPaceTests
{
    static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    static readonly TimeSpan Every = TimeSpan.FromSeconds(60);

    [Fact]
    public void WhileSomethingIsWrongThereIsNoHeartbeatHoweverLong()
    {
        var pace = new HeartbeatPace(null);
        for (var second = 0; second < 600; second++)
        {
            (var isDue, pace) = pace.Ask(isWell: false, Now.AddSeconds(second), Every);
            Assert.False(isDue);
        }
        Assert.True(pace.Ask(isWell: true, Now.AddSeconds(600), Every).IsDue);
    }

    [Theory]
    [InlineData(0, false), InlineData(59, false), InlineData(60, true), InlineData(-1, true)]
    public void ItIsDueAsOftenAsIsConfiguredAndAtOnceAfterAClockThatWasSetBack(int seconds, bool due)
    {
        var (first, pace) = new HeartbeatPace(null).Ask(isWell: true, Now, Every);
        Assert.True(first);
        Assert.Equal(due, pace.Ask(isWell: true, Now.AddSeconds(seconds), Every).IsDue);
    }
}
