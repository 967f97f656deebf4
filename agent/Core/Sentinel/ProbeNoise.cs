using System.Collections.Immutable;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Sentinel;

/// <summary>
/// What each probe found last, and when it was told: again when the kind of trouble changes, a few times where other
/// bytes come, and each <see cref="Again"/> while it lasts. A value.
/// </summary>
public sealed record ProbeNoise
{
    public static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    /// <summary>A server that makes up its bytes is told so often, and no more.</summary>
    const int MostOfAKind = 5;

    public static ProbeNoise Silence { get; } = new();

    /// <summary>By URL; null: what is served is right.</summary>
    public ImmutableDictionary<string, Told?> Last { get; init; } = ImmutableDictionary<string, Told?>.Empty;

    /// <param name="trouble">Null: nothing is wrong.</param>
    /// <param name="bytes">What was found, as the event tells it.</param>
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

    /// <param name="At">When this kind of trouble was told first.</param>
    public sealed record Told(ProbeTrouble Trouble, string? Bytes, DateTimeOffset At, int Times);

    /// <summary>What is configured now; of all others nothing is known any more.</summary>
    public ProbeNoise Only(IReadOnlyCollection<string> urls) =>
        this with { Last = Last.RemoveRange(Last.Keys.Where(url => !urls.Contains(url))) };
}
