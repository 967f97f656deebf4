using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests.Gate;

public class NtpAnswerTests
{
    const long Sent = 5_000_000_000, Received = 5_020_000_000, True2021 = 1_623_027_590_000_000_000;
    static readonly NtpQuery Query = new(0x0123_4567_89AB_CDEF, Sent);

    static NtpPacket Good => new()
    {
        Version = 4, Mode = NtpPacket.ServerMode, Stratum = 2, Precision = -20, RootDelay = 4_000_000,
        RootDispersion = 2_000_000,
        Origin = new NtpTimestamp(Query.Stamp), Receive = NtpTimestamp.Of(True2021),
        Transmit = NtpTimestamp.Of(True2021 + 1_000_000),
    };

    static NtpAnswer Judge(NtpPacket packet) => NtpAnswer.Judge(Query, packet.ToBytes(), Received);

    [Fact]
    public void AGoodAnswerSaysWhereTrueTimeLies()
    {
        var answer = Judge(Good);
        Assert.Equal(ReplyKind.Answered, answer.Kind);
        // Sent at 5.000 s, there for 1 ms, back at 5.020 s: 19 ms of way, and true time half of it after the answer
        // left.
        Assert.Equal(19_000_000, answer.Sample.Delay);
        Assert.InRange(
            answer.Sample.Raw + answer.Sample.Offset, True2021 + 10_500_000 - 10, True2021 + 10_500_000 + 10);
        // (4 + 19) / 2 of delay and 2 of dispersion, and a little for both clocks.
        Assert.InRange(answer.Sample.Distance, 13_500_000, 13_600_000);
    }

    [Fact]
    public void AnAnswerWithAnotherOriginIsNotOurs() =>
        Assert.Null(Judge(Good with { Origin = new NtpTimestamp(Query.Stamp + 1) }).Kind);

    [Fact]
    public void AQuestionIsNoAnswer() => Assert.Null(Judge(Good with { Mode = NtpPacket.ClientMode }).Kind);

    [Fact]
    public void AKissOfDeathMustKnowOurStampToo()
    {
        Assert.Equal(ReplyKind.RateLimited, Judge(Good with { Stratum = 0, ReferenceId = 0x52415445 }).Kind);
        Assert.Equal(ReplyKind.Denied, Judge(Good with { Stratum = 0, ReferenceId = 0x44454E59 }).Kind);
        Assert.Equal(ReplyKind.Denied, Judge(Good with { Stratum = 0, ReferenceId = 0x52535452 }).Kind);
        Assert.Null(Judge(Good with { Stratum = 0, ReferenceId = 0x44454E59, Origin = default }).Kind);
    }

    [Fact]
    public void AServerThatSaysItHasNoTimeIsBelieved()
    {
        Assert.Equal(ReplyKind.Unsynchronized, Judge(Good with { Leap = 3 }).Kind);
        Assert.Equal(ReplyKind.Unsynchronized, Judge(Good with { Stratum = 16 }).Kind);
    }

    [Fact]
    public void ALeapSecondAnnouncedIsNoFault() => Assert.Equal(ReplyKind.Answered, Judge(Good with { Leap = 1 }).Kind);

    [Fact]
    public void AnAnswerThatContradictsItselfIsUnfit()
    {
        Assert.Equal(ReplyKind.Unfit, Judge(Good with { Transmit = default }).Kind);
        Assert.Equal(ReplyKind.Unfit, Judge(Good with { Receive = default }).Kind);
        Assert.Equal(ReplyKind.Unfit, Judge(Good with { Transmit = NtpTimestamp.Of(True2021 - 1) }).Kind);
        // It claims to have kept the packet for longer than the whole way took.
        Assert.Equal(ReplyKind.Unfit, Judge(Good with { Transmit = NtpTimestamp.Of(True2021 + 30_000_000) }).Kind);
        Assert.Equal(ReplyKind.Unfit, Judge(Good with { Version = 7 }).Kind);
    }

    [Fact]
    public void AServerTooFarFromItsSourceIsUnfit() =>
        Assert.Equal(ReplyKind.Unfit, Judge(Good with { RootDispersion = 2_000_000_000 }).Kind);

    [Fact]
    public void ATruncatedAnswerIsNone()
    {
        var bytes = Good.ToBytes();
        for (var length = 0; length < bytes.Length; length++)
            Assert.Null(NtpAnswer.Judge(Query, bytes.AsSpan(0, length), Received).Kind);
    }

    [Fact]
    public void AHundredThousandForgedPacketsAreNoAnswer()
    {
        var random = new Random(20210606);
        var bytes = new byte[96];
        for (var packet = 0; packet < 100_000; packet++)
        {
            var length = random.Next(bytes.Length);
            if (packet % 2 == 0) random.NextBytes(bytes);
            else
            {
                // All but the stamp is right.
                Good.ToBytes().CopyTo(bytes, 0);
                random.NextBytes(bytes.AsSpan(24, 8));
                length = NtpPacket.Size;
            }
            Assert.Null(NtpAnswer.Judge(Query, bytes.AsSpan(0, length), Received).Kind);
        }
    }

    [Fact]
    public void RandomPacketsWithOurStampNeverThrow()
    {
        var random = new Random(20240602);
        var bytes = new byte[64];
        for (var packet = 0; packet < 100_000; packet++)
        {
            random.NextBytes(bytes);
            bytes[0] = (byte)((bytes[0] & 0xC0) | (4 << 3) | 4);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), Query.Stamp);
            Assert.NotNull(NtpAnswer.Judge(Query, bytes, random.NextInt64()).Kind);
        }
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00Z"), InlineData("2021-06-07T01:00:00Z"), InlineData("2036-02-07T06:28:15Z"),
        InlineData("2036-02-07T06:28:16Z")]
    [InlineData("2068-01-19T00:00:00Z"), InlineData("2104-01-01T00:00:00Z")]
    public void ATimestampOfTheNextEraIsUnderstood(string text)
    {
        var at = TrueInterval.Nanoseconds(DateTimeOffset.Parse(text)) + 123_456_789;
        Assert.InRange(NtpTimestamp.Of(at).UnixNanoseconds, at, at + 1);
    }
}
