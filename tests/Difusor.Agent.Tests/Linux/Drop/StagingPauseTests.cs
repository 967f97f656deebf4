using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Night;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

/// <summary>Staging pauses while the disk has no room or refuses; that is told once, and so is its end.</summary>
public sealed class StagingPauseTests
{
    const long Second = 1_000_000_000, Start = 100 * Second, Floor = 1000;

    readonly List<Signal> posted = [];
    readonly StagingPause pause;
    long free = 2000;
    bool isDue;

    public StagingPauseTests() => pause = new StagingPause(() => free, () => isDue, posted.Add);

    static Signal[] Signals(params Signal[] all) => all;

    static SystemFault Fault => new("write", "a.html", Errno.EIO);

    [Fact]
    public void WithRoomNothingPausesAndNothingIsTold()
    {
        Assert.True(pause.HasRoom(Floor, Start));
        pause.Works();
        Assert.False(pause.TryEnd(Floor, Start));
        Assert.Equal((false, long.MaxValue, 1000), (pause.IsOn, pause.Deadline, pause.Spare(Floor)));
        Assert.Empty(posted);
    }

    [Fact]
    public void WithoutRoomEachTryIsToldBecauseTheLoopFreesMoreEachTime()
    {
        free = 900;
        Assert.False(pause.HasRoom(Floor, Start));
        Assert.Equal((true, Start + Second), (pause.IsOn, pause.Deadline));
        isDue = true;
        Assert.False(pause.TryEnd(Floor, Start + Second));
        Assert.Equal(Start + (2 * Second), pause.Deadline);
        Assert.Equal(Signals(new StagingPaused(900, Floor, false), new StagingPaused(900, Floor, true)), posted);
    }

    [Fact]
    public void ThePauseEndsWithRoomAndThatIsToldOnceSomethingIsStaged()
    {
        free = 900;
        pause.HasRoom(Floor, Start);
        free = 1000;
        Assert.True(pause.TryEnd(Floor, Start + Second));
        Assert.False(pause.IsOn);
        Assert.Single(posted);
        pause.Works();
        pause.Works();
        Assert.Equal(Signals(new StagingPaused(900, Floor, false), new StagingResumed(1000)), posted);
    }

    [Fact]
    public void WhereNothingMoreArrivesItIsOverAMinuteAfterTheLastRefusal()
    {
        pause.Refused(Fault, Start);
        Assert.True(pause.TryEnd(Floor, Start + Second));
        pause.Refused(Fault, Start + (30 * Second));
        Assert.True(pause.TryEnd(Floor, Start + (31 * Second)));
        pause.TryEnd(Floor, Start + (89 * Second));
        Assert.IsType<DiskRefused>(Assert.Single(posted));
        free = 900;
        pause.TryEnd(Floor, Start + (95 * Second));
        Assert.Single(posted);
        free = 1000;
        pause.TryEnd(Floor, Start + (96 * Second));
        pause.TryEnd(Floor, Start + (97 * Second));
        Assert.Equal(new StagingResumed(1000), posted[^1]);
        Assert.Equal(2, posted.Count);
    }

    [Fact]
    public void ADiskThatRefusesAgainAndAgainIsToldOnce()
    {
        pause.Refused(Fault, Start);
        Assert.True(pause.TryEnd(Floor, Start + Second));
        pause.Refused(Fault, Start + Second);
        Assert.IsType<DiskRefused>(Assert.Single(posted));
        Assert.True(pause.IsOn);
    }

    [Fact]
    public void AVerdictThatFailedIsNotTriedBeforeTheNextTry()
    {
        pause.RefusedVerdict(Fault, Start);
        Assert.False(pause.MayJudge);
        free = 900;
        Assert.False(pause.TryEnd(Floor, Start + Second));
        Assert.True(pause.MayJudge);
    }
}
