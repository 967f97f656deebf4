using System.Net;
using System.Net.Sockets;
using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Ntp;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// What any source of time must do, whatever library it is made with: the agent believes what it says.
/// </summary>
public abstract class NtpSourceTests
{
    /// <summary>Makes the source under test; it asks these servers.</summary>
    protected abstract INtpSource Of(params string[] servers);

    ServerReply AskOne(LoopbackNtp server) => Assert.Single(Of(server.Name).Ask().Replies);

    ClockState Synchronize(params string[] servers) =>
        new ClockDiscipline(new ClockSettings()).Take(ClockState.Unknown, Of(servers).Ask(), proven: false)
            .State;

    [Fact]
    public void TwoHonestServersOnLoopbackGiveABoundThatHoldsTheirTime()
    {
        using LoopbackNtp a = LoopbackNtp.Honest(), b = LoopbackNtp.Honest();
        var clock = Synchronize(a.Name, b.Name);
        var now = HostClock.Read();
        var bound = clock.BoundAt(now)!.Value;
        Assert.InRange(now.System, bound.Earliest, bound.Latest);
        Assert.InRange(bound.Uncertainty, TimeSpan.Zero, TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public void AServerOfTheYear2021IsBelievedWhateverThisClockSays()
    {
        var past = DateTimeOffset.Parse("2021-06-06T19:59:50-05:00") - HostClock.Read().System;
        using LoopbackNtp a = LoopbackNtp.Honest(past), b = LoopbackNtp.Honest(past);
        var now = HostClock.Read();
        Assert.InRange(
            Synchronize(a.Name, b.Name).BoundAt(HostClock.Read())!.Value.Middle, now.System + past,
            now.System + past + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void IPv6IsAskedToo()
    {
        using var server = new LoopbackNtp(question => [LoopbackNtp.Answer(question).ToBytes()], v6: true);
        Assert.Equal(ReplyKind.Answered, AskOne(server).Kind);
        Assert.StartsWith("[::1]:", server.Name);
    }

    [Fact]
    public void ANameIsAskedAtAllOfItsAddresses()
    {
        using var server = LoopbackNtp.Honest();
        var replies = Of($"localhost:{server.Port}").Ask().Replies;
        Assert.Contains(replies, reply => reply.Kind == ReplyKind.Answered);
        Assert.All(replies, reply => Assert.Equal($"localhost:{server.Port}", reply.Server));
    }

    [Fact]
    public void AnAnswerFromAnotherPortIsNotHeard()
    {
        using var server =
            new LoopbackNtp(question => [LoopbackNtp.Answer(question).ToBytes()]) { FromElsewhere = true };
        Assert.Equal(ReplyKind.Silent, AskOne(server).Kind);
    }

    [Fact]
    public void SpoofedTruncatedAndRandomPacketsBeforeTheAnswerChangeNothing()
    {
        // A hundred thousand, in portions that a socket's buffer holds.
        var random = new Random(1);
        using var server = new LoopbackNtp(question => Storm(question, random));
        var client = Of(server.Name);
        for (var poll = 0; poll < 1112; poll++)
        {
            var sample = Assert.Single(client.Ask().Replies).Sample!.Value;
            var now = HostClock.Read();
            Assert.InRange(
                sample.Raw + sample.Offset - TrueInterval.Nanoseconds(now.System) + (now.Raw - sample.Raw),
                -2_000_000_000, 2_000_000_000);
        }

        static IEnumerable<byte[]> Storm(NtpPacket question, Random random)
        {
            var lie = LoopbackNtp.Answer(question, TimeSpan.FromDays(1));
            for (var packet = 0; packet < 30; packet++)
            {
                yield return (lie with { Origin = new NtpTimestamp((ulong)random.NextInt64()) }).ToBytes();
                yield return lie.ToBytes()[..random.Next(48)];
                var noise = new byte[random.Next(1, 600)];
                random.NextBytes(noise);
                yield return noise;
            }
            yield return LoopbackNtp.Answer(question).ToBytes();
        }
    }

    [Fact]
    public void AServerThatFloodsWithWhatIsNoAnswerHoldsNobodyUp()
    {
        using LoopbackNtp honest = LoopbackNtp.Honest(), hostile = new(Flood);
        Assert.Equal(
            [ReplyKind.Answered, ReplyKind.Silent],
            Of(honest.Name, hostile.Name).Ask().Replies.Select(reply => reply.Kind));

        static IEnumerable<byte[]> Flood(NtpPacket question)
        {
            while (true) yield return new byte[48];
        }
    }

    [Fact]
    public void AServerThatRefusesUsIsLeftAloneThoughNobodyElseAnswers()
    {
        using LoopbackNtp denies =
            new(question => [(LoopbackNtp.Answer(question) with { Stratum = 0, ReferenceId = 0x44454E59 }).ToBytes()]),
            busy = new(
                question => [(LoopbackNtp.Answer(question) with { Stratum = 0, ReferenceId = 0x52415445 }).ToBytes()]);
        var client = Of(denies.Name, busy.Name);
        for (var poll = 0; poll < 6; poll++) client.Ask();
        Assert.Equal(1, denies.Questions);
        Assert.Equal(2, busy.Questions);
    }

    [Fact]
    public void ASecondAnswerToTheSameQuestionIsNotTaken()
    {
        using var server = new LoopbackNtp(
            question =>
            [LoopbackNtp.Answer(question).ToBytes(), LoopbackNtp.Answer(question, TimeSpan.FromDays(1)).ToBytes()]);
        var client = Of(server.Name);
        for (var poll = 0; poll < 5; poll++)
        {
            var sample = Assert.Single(client.Ask().Replies).Sample!.Value;
            var now = HostClock.Read();
            Assert.InRange(
                sample.Raw + sample.Offset - TrueInterval.Nanoseconds(now.System), -2_000_000_000, 2_000_000_000);
        }
    }

    [Fact]
    public void AnAnswerToAnEarlierQuestionIsNotTaken()
    {
        NtpPacket? earlier = null;
        using var server = new LoopbackNtp(question =>
        {
            var answered = earlier;
            earlier = question;
            return answered is { } late ? [LoopbackNtp.Answer(late).ToBytes()] : [];
        });
        var client = Of(server.Name);
        Assert.Equal(ReplyKind.Silent, Assert.Single(client.Ask().Replies).Kind);
        Assert.Equal(ReplyKind.Silent, Assert.Single(client.Ask().Replies).Kind);
    }

    [Fact]
    public void APortWhereNobodyListensIsSaidToBeUnreachable()
    {
        // Held, and it hears only itself: a port that is only free may be another's by now.
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        held.Connect(held.LocalEndPoint!);
        Assert.Equal(ReplyKind.Unreachable, Assert.Single(Of(held.LocalEndPoint!.ToString()!).Ask().Replies).Kind);
    }

    [Fact]
    public void AServerThatAsksUsToSlowDownIsLeftAloneForAWhile()
    {
        using LoopbackNtp honest = LoopbackNtp.Honest(), busy = new(question =>
            [(LoopbackNtp.Answer(question) with { Stratum = 0, ReferenceId = 0x52415445 }).ToBytes()]);
        var client = Of(honest.Name, busy.Name);
        for (var poll = 0; poll < 6; poll++) client.Ask();
        // Asked, 1 poll left out, asked, 3 left out.
        Assert.Equal(2, busy.Questions);
        Assert.Equal(6, honest.Questions);
    }

}
