namespace Difusor.Agent.Configuration;

/// <summary>A period: <see cref="From"/> belongs to it, <see cref="To"/> does not.</summary>
public readonly record struct Window(DateTimeOffset From, DateTimeOffset To)
{
    public bool Contains(DateTimeOffset at) => at >= From && at < To;
}

/// <summary>An election as data: what a call says about its own night (contract, section 5).</summary>
public sealed record ElectionProfile
{
    public required string Id { get; init; }
    public required string Title { get; init; }
    public required string Authority { get; init; }
    /// <summary>Gets an IANA zone, which has each offset of the profile on its date (<see cref="ZoneAgreement"/>).
    /// </summary>
    public required string TimeZone { get; init; }
    /// <summary>Gets the instant before which nothing is public (call, I.1).</summary>
    public required DateTimeOffset Opens { get; init; }
    /// <summary>Gets the instant until which nothing may be unpublished (call, I.1).</summary>
    public required DateTimeOffset KeepUntil { get; init; }
    /// <summary>Gets the first corte; an earlier one is from a test, and never becomes public.</summary>
    public required DateTimeOffset FirstCorte { get; init; }
    /// <summary>Gets the last corte; after it no corte is overdue.</summary>
    public required DateTimeOffset LastCorte { get; init; }
    public IReadOnlyList<Window> Rehearsals { get; init; } = [];
    public required TimeSpan Cadence { get; init; }
    public string? Series { get; init; }
    /// <summary>Gets where the site's JSON has the corte, beside the keys that are known anyway.</summary>
    public IReadOnlyList<CorteInJson> CorteInJson { get; init; } = [];
    /// <summary>Gets whom at the institute a difusor tells; null: nobody is named.</summary>
    public InstituteContact? Contact { get; init; }
    /// <summary>
    /// Gets how the institute's HASH lists are read if they have none of the built-in forms; null: they have one.
    /// </summary>
    public HashLine? HashLine { get; init; }
    /// <summary>Gets how a difusor registers; null: <c>check</c> does not speak of it.</summary>
    public Registration? Registration { get; init; }
    /// <summary>Gets which call's clauses <c>check</c> follows.</summary>
    public CallClauses Clauses { get; init; }
    public SiteTraits Site { get; init; } = new(Spa: false);

    /// <summary>Gets whom to tell, as people read it: the contact, or else the institute.</summary>
    public string Whom => Contact?.ToString() ?? Authority;
}

/// <summary>A call whose clauses are known to <c>check</c>.</summary>
public enum CallClauses
{
    /// <summary>None: what any call asks for, by subject.</summary>
    Generic,
    /// <summary>The IEEM's of 2021.</summary>
    Ieem2021,
}

/// <summary>How the institute's site works in a browser.</summary>
/// <param name="Spa">Whether index.html answers for addresses that are not files (a single-page application).</param>
public sealed record SiteTraits(bool Spa);

/// <summary>Whom at the institute a difusor tells.</summary>
public sealed record InstituteContact(string Name, string? Email, string? Phone)
{
    public override string ToString() => string.Join(", ", new[] { Name, Email, Phone }.OfType<string>());
}

/// <summary>How a difusor registers with the institute.</summary>
/// <param name="By">The last day.</param>
/// <param name="Form">The name of the form with the technical data.</param>
/// <param name="Commitment">The name of the commitment to sign.</param>
public sealed record Registration(DateOnly By, string Form, string Commitment);
