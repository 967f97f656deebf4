namespace Difusor.Agent.Gate;

/// <summary>
/// The 64-bit timestamp of RFC 5905 section 6: seconds since 1900 and a binary fraction. The era is not sent. The upper
/// half of the seconds belongs to era 0 (from 1968) and the lower half to era 1 (from 7 February 2036 to 2104), so no
/// local clock is needed to know the era.
/// </summary>
public readonly record struct NtpTimestamp(ulong Bits)
{
    const long SecondsFrom1900To1970 = 2_208_988_800, SecondsOfAnEra = 1L << 32;

    /// <summary>Gets the nanoseconds since 1970, rounded down.</summary>
    public long UnixNanoseconds
    {
        get
        {
            var seconds = (long)(Bits >> 32);
            var era = seconds < SecondsOfAnEra / 2 ? SecondsOfAnEra : 0;
            var fraction = (long)(((Bits & 0xFFFF_FFFF) * 1_000_000_000) >> 32);
            return (seconds + era - SecondsFrom1900To1970) * 1_000_000_000 + fraction;
        }
    }

    /// <summary>Returns the timestamp of an instant between 1968 and 2104.</summary>
    public static NtpTimestamp Of(long unixNanoseconds)
    {
        var (seconds, nanoseconds) = Math.DivRem(unixNanoseconds, 1_000_000_000);
        if (nanoseconds < 0) (seconds, nanoseconds) = (seconds - 1, nanoseconds + 1_000_000_000);
        var fraction = (((ulong)nanoseconds << 32) + 999_999_999) / 1_000_000_000;
        return new NtpTimestamp(((ulong)(seconds + SecondsFrom1900To1970) << 32) + fraction);
    }
}
