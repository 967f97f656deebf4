using System.Buffers.Binary;
using Difusor.Agent.Linux.Ntp;

namespace Difusor.Agent.Tests.Linux;

/// <summary>The kernel has two forms of a datagram's stamp; an old or emulated one knows only the second.</summary>
public sealed class NtpStampTests
{
    const int Nanoseconds = 35, Microseconds = 29;   // SO_TIMESTAMPNS, SO_TIMESTAMP

    [Theory]
    [InlineData(Nanoseconds, 123_456_789, 1_623_027_600_123_456_789)]
    [InlineData(Microseconds, 123_456, 1_623_027_600_123_456_000)]
    public void EitherFormGivesTheSameTime(int type, long part, long expected) =>
        Assert.Equal(expected, NtpExchange.KernelTime(Message(1, type, 1_623_027_600, part)));

    [Fact]
    public void AStampBehindAMessageOfAnotherKindIsFound() => Assert.Equal(
        1_000_000_002, NtpExchange.KernelTime([.. Message(0, 8, 7, 7), .. Message(1, Nanoseconds, 1, 2)]));

    [Theory]
    [InlineData(0, 40)]
    [InlineData(15, 40)]
    [InlineData(-1, 40)]
    [InlineData(long.MinValue, 40)]
    [InlineData(24, 40)]
    [InlineData(32, 31)]
    [InlineData(32, 7)]
    public void AMessageWhoseLengthIsWrongGivesNoTime(long stated, int kept)
    {
        byte[] control = [.. Message(1, Nanoseconds, 1, 2), .. new byte[8]];
        BinaryPrimitives.WriteInt64LittleEndian(control, stated);
        Assert.Null(NtpExchange.KernelTime(control.AsSpan(0, kept)));
    }

    static byte[] Message(int level, int type, long seconds, long part)
    {
        var bytes = new byte[32];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), level);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), type);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), seconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), part);
        return bytes;
    }
}
