using Difusor.Agent.Events;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Sentinel;

public sealed class SightEventsTests
{
    [Theory]
    [InlineData(8192, "sysctl -w fs.inotify.max_user_watches=524288"),
        InlineData(1_048_576, "sysctl -w fs.inotify.max_user_watches=2097152")]
    public void WhereTheKernelHasNoWatchLeftTheCommandRaisesItsLimit(long limit, string command)
    {
        var told = SightEvents.Of(7, 12, "inotify_add_watch: ENOSPC", limit);
        Assert.Equal((EventCode.SentinelBlind, command), (told.Code, (string?)told.Fields["command"]));
        Assert.EndsWith(
            command, EventCatalogue.Sentence(Language.Es, "SENTINEL_BLIND", told.Fields), StringComparison.Ordinal);
    }

    [Fact]
    public void WhereAHigherLimitWouldNotHelpNoCommandIsNamed() =>
        Assert.Null(SightEvents.Of(7, 12, "inotify_add_watch: ENOENT", 8192).Fields["command"]);

    [Fact]
    public void ABlindSentinelIsATroubleUntilItSees()
    {
        var blind = SightEvents.Of(7, 12, "inotify_add_watch: ENOSPC", 8192);
        var (worse, after) = Condition.Well.Hear(blind.Code, blind.Fields);
        Assert.Equal(("sentinel Worse", false), (worse, after.IsWell));
        var sees = SightEvents.Of(0, 19, null, 8192);
        var (back, well) = after.Hear(sees.Code, sees.Fields);
        Assert.Equal(("sentinel Back", true), (back, well.IsWell));
    }
}
