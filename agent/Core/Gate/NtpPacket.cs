using System.Buffers.Binary;

namespace Difusor.Agent.Gate;

/// <summary>
/// The 48 bytes of an NTP header (RFC 5905, section 7.3). Root delay and dispersion are in nanoseconds; extensions
/// after the header are ignored.
/// </summary>
public readonly record struct NtpPacket
{
    /// <summary>The size of the header in bytes.</summary>
    public const int Size = 48;
    public const int ClientMode = 3, ServerMode = 4, NewestVersion = 4, LeapUnknown = 3;

    /// <summary>Gets 0 for none, 1 or 2 for a leap second at the end of the month, 3 for not synchronised.</summary>
    public int Leap { get; init; }
    public int Version { get; init; }
    public int Mode { get; init; }
    /// <summary>
    /// Gets 1 to 15; 0 is a kiss of death with <see cref="ReferenceId"/> as its code; 16 and above mean not
    /// synchronised.
    /// </summary>
    public int Stratum { get; init; }
    public int Poll { get; init; }
    /// <summary>Gets the precision of the server's clock, as a power of two in seconds.</summary>
    public int Precision { get; init; }
    public long RootDelay { get; init; }
    public long RootDispersion { get; init; }
    public uint ReferenceId { get; init; }
    public NtpTimestamp Reference { get; init; }
    public NtpTimestamp Origin { get; init; }
    public NtpTimestamp Receive { get; init; }
    public NtpTimestamp Transmit { get; init; }

    /// <summary>
    /// Returns what a client sends: only a random stamp, so that it reveals neither the clock nor the host (RFC 8633,
    /// RFC 9109).
    /// </summary>
    public static NtpPacket Request(ulong stamp) =>
        new() { Version = NewestVersion, Mode = ClientMode, Transmit = new NtpTimestamp(stamp) };

    /// <summary>
    /// Reads a header; null if there are too few bytes. Any other bytes are a packet, to be judged by
    /// <see cref="NtpAnswer"/>.
    /// </summary>
    public static NtpPacket? Read(ReadOnlySpan<byte> bytes) => bytes.Length < Size ? null : new NtpPacket
    {
        Leap = bytes[0] >> 6,
        Version = (bytes[0] >> 3) & 7,
        Mode = bytes[0] & 7,
        Stratum = bytes[1],
        Poll = (sbyte)bytes[2],
        Precision = (sbyte)bytes[3],
        RootDelay = FromShort(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..])),
        RootDispersion = FromShort(BinaryPrimitives.ReadUInt32BigEndian(bytes[8..])),
        ReferenceId = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
        Reference = new NtpTimestamp(BinaryPrimitives.ReadUInt64BigEndian(bytes[16..])),
        Origin = new NtpTimestamp(BinaryPrimitives.ReadUInt64BigEndian(bytes[24..])),
        Receive = new NtpTimestamp(BinaryPrimitives.ReadUInt64BigEndian(bytes[32..])),
        Transmit = new NtpTimestamp(BinaryPrimitives.ReadUInt64BigEndian(bytes[40..])),
    };

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        bytes[0] = (byte)((Leap << 6) | (Version << 3) | Mode);
        bytes[1] = (byte)Stratum;
        bytes[2] = (byte)Poll;
        bytes[3] = (byte)Precision;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), ToShort(RootDelay));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), ToShort(RootDispersion));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(12), ReferenceId);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), Reference.Bits);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), Origin.Bits);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(32), Receive.Bits);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(40), Transmit.Bits);
        return bytes;
    }

    // 16 bits of seconds and 16 of fraction. Rounded up, because both values limit an error.
    static long FromShort(uint value) => (long)(((UInt128)value * 1_000_000_000 + 0xFFFF) >> 16);

    static uint ToShort(long nanoseconds) =>
        (uint)Math.Clamp((long)(((Int128)nanoseconds << 16) / 1_000_000_000), 0, uint.MaxValue);
}
