namespace Difusor.Agent.Sentinel;

/// <summary>
/// Remembers what each probe found last, and when it was reported. It reports again when the kind of trouble changes, a
/// few times if the bytes change, and every <see cref="Again"/> while it lasts. It is immutable.
/// </summary>
public sealed record ProbeNoise
{
    public static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    /// <summary>A server that sends different bytes each time is reported this often, and no more.</summary>
    const int MostOfAKind = 5;

    public static ProbeNoise Silence { get; } = new();

    /// <summary>Gets the last report by URL; null if the served bytes are right.</summary>
    public ImmutableDictionary<string, Told?> Last { get; init; } = ImmutableDictionary<string, Told?>.Empty;

    /// <param name="trouble">Null if nothing is wrong.</param>
    /// <param name="bytes">The found bytes, as the event reports them.</param>
    public (bool Tell, ProbeNoise Next) Hear(string probe, ProbeTrouble? trouble, string? bytes, DateTimeOffset now)
    {
        if (trouble is not { } found) return (false, this with { Last = Last.SetItem(probe, null) });
        var isNew = Last.GetValueOrDefault(probe) is not { } last || last.Trouble != found || now >= last.At + Again;
        var told = isNew ? new Told(found, bytes, now, 1) : Last[probe]!;
        if (!isNew && (told.Bytes == bytes || told.Times == MostOfAKind)) return (false, this);
        return (true,
            this with { Last =
            Last.SetItem(probe, isNew ? told : told with { Bytes = bytes, Times = told.Times + 1 }) });
    }

    /// <param name="At">When this kind of trouble was first reported.</param>
    public sealed record Told(ProbeTrouble Trouble, string? Bytes, DateTimeOffset At, int Times);

    /// <summary>Returns the state for the probes that are configured now, and forgets all others.</summary>
    public ProbeNoise Only(IReadOnlyCollection<string> urls) =>
        this with { Last = Last.RemoveRange(Last.Keys.Where(url => !urls.Contains(url))) };
}
