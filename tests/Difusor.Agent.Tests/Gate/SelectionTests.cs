using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests.Gate;

public class SelectionTests
{
    static Selection? Among(int quorum, params (long Low, long High)[] intervals) =>
        Selection.Among(
            [.. intervals.Select((interval, at) => new Vote($"s{at}", new TrueInterval(interval.Low, interval.High)))],
            quorum);

    [Fact]
    public void OneLiarOfFiveIsNamed()
    {
        var selection = Among(2, (0, 10), (2, 12), (1, 9), (5000, 5010), (3, 11))!;
        Assert.Equal(["s3"], selection.Falsetickers);
        Assert.Equal(new TrueInterval(2, 10), selection.Interval);
    }

    [Fact]
    public void TwoLiarsOfFiveThatAgreeAreNamed() =>
        Assert.Equal(["s1", "s3"], Among(2, (0, 10), (5000, 5010), (1, 9), (5001, 5011), (3, 11))!.Falsetickers);

    [Fact]
    public void TwoAgainstTwoIsNoMajority() => Assert.Null(Among(2, (0, 10), (1, 9), (5000, 5010), (5001, 5011)));

    [Fact]
    public void FewerThanTheQuorumSelectNothing()
    {
        Assert.Null(Among(2, (0, 10)));
        Assert.Null(Among(4, (0, 10), (1, 9), (2, 8), (5000, 5010)));
        Assert.NotNull(Among(1, (0, 10)));
        Assert.Null(Among(1));
    }

    [Fact]
    public void ALyingMinorityThatTouchesOneEdgeDoesNotPullTheIntervalOffTrueTime()
    {
        // True time is 0. The largest agreement, of five, is [8, 10], as two liars would have it.
        var selection = Among(2, (-10, 10), (-9, 11), (-10, 12), (8, 30), (8, 30))!;
        Assert.InRange(0, selection.Interval.Low, selection.Interval.High);
    }

    [Fact]
    public void ALyingMinorityCannotWidenTheIntervalPastWhatAnHonestServerSaid() =>
        Assert.Equal(
            new TrueInterval(-2, 3), Among(2, (-1, 1), (-2, 2), (-1, 3), (-1000, 1000), (-1000, 1000))!.Interval);

    [Fact]
    public void WhileAMajorityIsHonestTheIntervalHoldsTrueTimeAndEndsWhereAnHonestServerSaid()
    {
        var random = new Random(7);
        for (var night = 0; night < 20_000; night++)
        {
            var honest = random.Next(1, 6);
            var liars = random.Next(0, honest);
            var votes = Enumerable.Range(0, honest).Select(_ => Interval(random, 0)).ToArray();
            var lies = Enumerable.Range(0, liars).Select(_ => Interval(random, random.Next(-50, 51)));
            var selection = Among(1, [.. votes, .. lies])!;
            Assert.InRange(0, selection.Interval.Low, selection.Interval.High);
            Assert.InRange(selection.Interval.Low, votes.Min(vote => vote.Low), 0);
            Assert.InRange(selection.Interval.High, 0, votes.Max(vote => vote.High));
        }
    }

    static (long Low, long High) Interval(Random random, int about)
    {
        var distance = random.Next(0, 30);
        var middle = about + random.Next(-distance, distance + 1);
        return (middle - distance, middle + distance);
    }

    [Fact]
    public void ANameWithManyAddressesIsOneVoteAndAnAddressOfTwoNamesVotesOnce()
    {
        var replies = new[]
            { ("evil", "192.0.2.1"), ("evil", "192.0.2.2"), ("evil", "192.0.2.3"), ("a", "192.0.2.4"),
            ("b", "192.0.2.4") }
            .Select(each => new ServerReply(each.Item1, each.Item2, ReplyKind.Answered, 2, new NtpSample(0, 0, 0, 10)));
        var poll = new NtpPoll([.. replies], default, default);
        Assert.Equal(["evil", "a"], Selection.Votes(poll, RawRate.Unmeasured, 0).Select(vote => vote.Server));
    }

    [Fact]
    public void ANameWhoseAddressesDisagreeIsMute()
    {
        ImmutableArray<ServerReply> replies =
        [
            new("a", "192.0.2.1", ReplyKind.Answered, 2, new NtpSample(0, 0, 0, 10)),
            new("a", "192.0.2.2", ReplyKind.Answered, 2, new NtpSample(0, 5000, 0, 10)),
        ];
        Assert.Empty(Selection.Votes(new NtpPoll(replies, default, default), RawRate.Unmeasured, 0));
    }
}
