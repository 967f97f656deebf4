using System.Collections.Immutable;

namespace Difusor.Agent.Sentinel;

/// <summary>What each probe found last, and when it was told: again when the kind of trouble changes, and each <see cref="Again"/> while it lasts. A value.</summary>
public sealed record ProbeNoise
{
    public static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    public static ProbeNoise Silence { get; } = new();

    /// <summary>By URL; null: what is served is right.</summary>
    public ImmutableDictionary<string, (ProbeTrouble Trouble, DateTimeOffset At)?> Last { get; init; } =
        ImmutableDictionary<string, (ProbeTrouble Trouble, DateTimeOffset At)?>.Empty;

    /// <param name="found">Null: nothing is wrong.</param>
    public (bool Tell, ProbeNoise Next) Hear(string probe, ProbeTrouble? found, DateTimeOffset now)
    {
        if (found is not { } trouble) return (false, this with { Last = Last.SetItem(probe, null) });
        if (Last.GetValueOrDefault(probe) is { } last && last.Trouble == trouble && now < last.At + Again) return (false, this);
        return (true, this with { Last = Last.SetItem(probe, (trouble, now)) });
    }

    /// <summary>What is configured now; of all others nothing is known any more.</summary>
    public ProbeNoise Only(IReadOnlyCollection<string> urls) => this with { Last = Last.RemoveRange(Last.Keys.Where(url => !urls.Contains(url))) };
}
