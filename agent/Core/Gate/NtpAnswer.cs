namespace Difusor.Agent.Gate;

/// <summary>
/// What one exchange says about true time: when CLOCK_MONOTONIC_RAW was <see cref="Raw"/>, true time was <c>Raw +
/// Offset</c>, plus or minus <see cref="Distance"/> (RFC 5905, the root distance). All in nanoseconds; true time counts
/// from 1970.
/// </summary>
public readonly record struct NtpSample(long Raw, long Offset, long Delay, long Distance);

/// <summary>
/// A question that waits for its answer: the random stamp that must come back, and CLOCK_MONOTONIC_RAW before it was
/// sent.
/// </summary>
public readonly record struct NtpQuery(ulong Stamp, long SentRaw);

/// <summary>The result of the question to one address.</summary>
public enum ReplyKind
{
    /// <summary>It gave a sample.</summary>
    Answered,
    /// <summary>Nothing came in time.</summary>
    Silent,
    /// <summary>The name has no address.</summary>
    Unresolved,
    /// <summary>This host has no route to it, or nothing listens there.</summary>
    Unreachable,
    /// <summary>Kiss of death DENY or RSTR: this server refuses to serve us.</summary>
    Denied,
    /// <summary>Kiss of death RATE: we asked too often.</summary>
    RateLimited,
    /// <summary>The server itself says that it has no time.</summary>
    Unsynchronized,
    /// <summary>The answer contradicts itself, or the server is too far from its source to be useful.</summary>
    Unfit,
    /// <summary>Not asked this time, because it was silent or asked us to slow down.</summary>
    NotAsked,
}

/// <summary>
/// The judgement of one datagram. A null <see cref="Kind"/> means that it is not an answer to our question, and the
/// question stays open.
/// </summary>
public readonly record struct NtpAnswer(ReplyKind? Kind, NtpSample Sample, int Stratum)
{
    /// <summary>
    /// RFC 5905 MINDISP in nanoseconds, here not halved: honest servers on the same network differ by this much.
    /// </summary>
    const long LeastDistance = 10_000_000;
    /// <summary>RFC 5905 MAXDIST in nanoseconds: a server farther than this from its source is useless.</summary>
    const long MostDistance = 1_500_000_000;
    /// <summary>The largest error of CLOCK_MONOTONIC_RAW's rate during the exchange, in parts per million.</summary>
    const long RawPartsPerMillion = 500;
    const uint Deny = 0x44454E59, Restrict = 0x52535452, Rate = 0x52415445;

    static readonly NtpAnswer NotOurs = new(null, default, 0);

    /// <summary>
    /// Judges a datagram that came to the socket of <paramref name="query"/> when CLOCK_MONOTONIC_RAW was
    /// <paramref name="receivedRaw"/> (RFC 5905, sections 7.4 and 8; RFC 9109). The kernel has tied that socket to the
    /// server's address and port.
    /// </summary>
    public static NtpAnswer Judge(NtpQuery query, ReadOnlySpan<byte> bytes, long receivedRaw)
    {
        if (NtpPacket.Read(bytes) is not { } packet || packet.Origin.Bits != query.Stamp
            || packet.Mode != NtpPacket.ServerMode) return NotOurs;
        if (packet.Version is < 3 or > NtpPacket.NewestVersion) return Refused(ReplyKind.Unfit, packet);
        if (packet.Stratum == 0) return Refused(KissOfDeath(packet.ReferenceId), packet);
        if (packet.Leap == NtpPacket.LeapUnknown || packet.Stratum > 15)
            return Refused(ReplyKind.Unsynchronized, packet);
        if (packet.Transmit.Bits == 0) return Refused(ReplyKind.Unfit, packet);
        return Measure(query, packet, receivedRaw) is { } sample
            ? new NtpAnswer(ReplyKind.Answered, sample, packet.Stratum) : Refused(ReplyKind.Unfit, packet);
    }

    static NtpSample? Measure(NtpQuery query, NtpPacket packet, long receivedRaw)
    {
        long received = packet.Receive.UnixNanoseconds, sent = packet.Transmit.UnixNanoseconds;
        long trip = receivedRaw - query.SentRaw, held = sent - received;
        var tolerance = 1_000 + Precision(packet.Precision) + trip / 1_000_000 * RawPartsPerMillion;
        var delay = trip - held;
        if (trip < 0 || held < 0 || delay < -tolerance) return null;
        delay = Math.Max(0, delay);
        var distance = Math.Max(LeastDistance, (packet.RootDelay + delay) / 2 + packet.RootDispersion) + tolerance;
        if (distance > MostDistance) return null;
        // This is half of (received - query.SentRaw) + (sent - receivedRaw), without a sum that could overflow.
        var outward = received - query.SentRaw;
        return new NtpSample(receivedRaw, outward + (sent - receivedRaw - outward) / 2, delay, distance);
    }

    static long Precision(int exponent) => exponent switch
    {
        < -29 => 1,
        > 0 => MostDistance,
        _ => 1_000_000_000L >> -exponent,
    };

    static ReplyKind KissOfDeath(uint code) => code switch
    {
        Deny or Restrict => ReplyKind.Denied,
        Rate => ReplyKind.RateLimited,
        _ => ReplyKind.Unsynchronized,
    };

    static NtpAnswer Refused(ReplyKind kind, NtpPacket packet) => new(kind, default, packet.Stratum);
}
