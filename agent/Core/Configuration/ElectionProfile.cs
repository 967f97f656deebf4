namespace Difusor.Agent.Configuration;

/// <summary>A period, from its first instant to its last.</summary>
public readonly record struct Window(DateTimeOffset From, DateTimeOffset To)
{
    public bool Contains(DateTimeOffset at) => at >= From && at < To;
}

/// <summary>An election as data: what a call says of its own night (contract, section 5).</summary>
public sealed record ElectionProfile
{
    public required string Id { get; init; }
    public required string Title { get; init; }
    public required string Authority { get; init; }
    /// <summary>
    /// An IANA zone, which agrees with every offset of the profile by the rules in force on that date.
    /// </summary>
    public required string TimeZone { get; init; }
    /// <summary>Nothing is public before this instant (call, I.1).</summary>
    public required DateTimeOffset Opens { get; init; }
    /// <summary>Until then nothing unpublishes (call, I.1).</summary>
    public required DateTimeOffset KeepUntil { get; init; }
    /// <summary>An earlier corte is a test's, and never becomes public.</summary>
    public required DateTimeOffset FirstCorte { get; init; }
    /// <summary>After it no corte is overdue.</summary>
    public required DateTimeOffset LastCorte { get; init; }
    public IReadOnlyList<Window> Rehearsals { get; init; } = [];
    public required TimeSpan Cadence { get; init; }
    public string? Series { get; init; }
}
