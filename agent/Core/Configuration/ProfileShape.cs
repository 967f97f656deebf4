using System.Text.Json.Nodes;

namespace Difusor.Agent.Configuration;

/// <summary>The keys of an election profile (contract, section 5).</summary>
static class ProfileShape
{
    /// <summary>The publication part as the file has it: a key that was left out is null.</summary>
    public sealed record Publication(
        DateTimeOffset Opens, DateTimeOffset KeepUntil, DateTimeOffset? FirstCorte, DateTimeOffset? LastCorte);

    /// <summary>The corte part: where else than in names and headers it is.</summary>
    public sealed record Corte(IReadOnlyList<CorteInJson> Json);

    /// <summary>A profile as the file has it.</summary>
    public sealed record Draft(
        string Id, string Title, string Authority, string TimeZone, Publication Publication,
        IReadOnlyList<Window> Rehearsals, TimeSpan Cadence, string? Series, Corte Corte,
        InstituteContact? Contact, Registration? Registration, Hashing Hashes, CallClauses Clauses, SiteTraits Site);

    /// <summary>What a profile says about HASH files.</summary>
    public sealed record Hashing(HashLine? Line);

    static readonly Shape<DateTimeOffset?> InstantOrNull = Shapes.OrNone(Shapes.Instant);
    static readonly Shape<string> Line = Shapes.Text("config.text", text => text.Length is > 0 and <= 300);

    static readonly MapShape<Publication> Publications = new(new Publication(default, default, null, null), CheckOrder)
    {
        { "opens", Shapes.Instant, it => it.Opens, (it, value) => it with { Opens = value }, Presence.Required },
        { "keep_until", Shapes.Instant, it => it.KeepUntil, (it, value) => it with { KeepUntil = value },
            Presence.Required },
        { "first_corte", InstantOrNull, it => it.FirstCorte, (it, value) => it with { FirstCorte = value } },
        { "last_corte", InstantOrNull, it => it.LastCorte, (it, value) => it with { LastCorte = value } },
    };

    static readonly MapShape<Window> Rehearsal = new(default, CheckWindow)
    {
        { "from", Shapes.Instant, it => it.From, (it, value) => it with { From = value }, Presence.Required },
        { "to", Shapes.Instant, it => it.To, (it, value) => it with { To = value }, Presence.Required },
    };

    static readonly Shape<string?> KeyOrNull = Shapes.OrNull(Line);

    static readonly MapShape<CorteInJson> InJson = new(new CorteInJson("", null, null, null), CheckPlace)
    {
        { "file", Line, it => it.File, (it, value) => it with { File = value }, Presence.Required },
        { "date", KeyOrNull, it => it.Date, (it, value) => it with { Date = value } },
        { "time", KeyOrNull, it => it.Time, (it, value) => it with { Time = value } },
        { "stamp", KeyOrNull, it => it.Stamp, (it, value) => it with { Stamp = value } },
    };

    static readonly MapShape<Corte> Cortes = new(new Corte([]))
    {
        { "json", Shapes.List(InJson, 0, 20), it => it.Json, (it, value) => it with { Json = value } },
    };

    static readonly MapShape<InstituteContact> Contact = new(new InstituteContact("", null, null))
    {
        { "name", Line, it => it.Name, (it, value) => it with { Name = value }, Presence.Required },
        { "email", Shapes.OrNull(Shapes.Text("config.email", IsEmail)), it => it.Email, (it, value) =>
            it with { Email = value } },
        { "phone", Shapes.OrNull(Line), it => it.Phone, (it, value) => it with { Phone = value } },
    };

    static readonly MapShape<Registration> Registrations = new(new Registration(default, "", ""))
    {
        { "by", Shapes.Date, it => it.By, (it, value) => it with { By = value }, Presence.Required },
        { "form", Line, it => it.Form, (it, value) => it with { Form = value }, Presence.Required },
        { "commitment", Line, it => it.Commitment, (it, value) => it with { Commitment = value }, Presence.Required },
    };

    static readonly MapShape<SiteTraits> Site = new(new SiteTraits(Spa: false))
    {
        { "spa", Shapes.Boolean, it => it.Spa, (it, value) => it with { Spa = value } },
    };

    static readonly MapShape<Hashing> Hashes = new(new Hashing(null))
    {
        { "line", Shapes.OrNull(HashLineShape.Whole), it => it.Line, (it, value) => it with { Line = value } },
    };

    /// <summary>The cadence of every PREP so far.</summary>
    static readonly TimeSpan Usual = TimeSpan.FromMinutes(20);

    static readonly Draft Nothing = new(
        "", "", "", "", new Publication(default, default, null, null), [], default, null, new Corte([]), null, null,
        new Hashing(null), CallClauses.Generic, new SiteTraits(Spa: false));

    public static MapShape<Draft> Whole { get; } = new(Nothing, CheckRehearsals)
    {
        { "id", Shapes.Text("config.profile-id", SettingsShape.IsId), it => it.Id, (it, value) =>
            it with { Id = value }, Presence.Required },
        { "title", Line, it => it.Title, (it, value) => it with { Title = value }, Presence.Required },
        { "authority", Line, it => it.Authority, (it, value) => it with { Authority = value }, Presence.Required },
        { "time_zone", Shapes.Text("config.zone", IsZone), it => it.TimeZone, (it, value) =>
            it with { TimeZone = value }, Presence.Required },
        { "publication", Publications, it => it.Publication, (it, value) => it with { Publication = value },
            Presence.Required },
        { "rehearsals", Shapes.List(Rehearsal, 0, 100), it => it.Rehearsals, (it, value) =>
            it with { Rehearsals = value } },
        { "cadence", Shapes.Duration("1s", "24h"), it => it.Cadence, (it, value) =>
            it with { Cadence = value }, Presence.Required },
        { "series", Shapes.OrNull(SettingsShape.Series), it => it.Series, (it, value) => it with { Series = value } },
        { "corte", Cortes, it => it.Corte, (it, value) => it with { Corte = value } },
        { "contact", Shapes.OrNull(Contact), it => it.Contact, (it, value) => it with { Contact = value } },
        { "registration", Shapes.OrNull(Registrations), it => it.Registration, (it, value) =>
            it with { Registration = value } },
        { "hashes", Hashes, it => it.Hashes, (it, value) => it with { Hashes = value } },
        { "clauses", Shapes.OneOf(("generic", CallClauses.Generic), ("ieem-2021", CallClauses.Ieem2021)),
            it => it.Clauses, (it, value) => it with { Clauses = value } },
        { "site", Site, it => it.Site, (it, value) => it with { Site = value } },
    };

    /// <summary>Returns a profile as its file would have it, including the optional keys.</summary>
    public static JsonNode? Show(ElectionProfile profile) => Whole.Show(new Draft(
        profile.Id, profile.Title, profile.Authority, profile.TimeZone,
        new Publication(profile.Opens, profile.KeepUntil, profile.FirstCorte, profile.LastCorte), profile.Rehearsals,
        profile.Cadence, profile.Series, new Corte(profile.CorteInJson), profile.Contact, profile.Registration,
        new Hashing(profile.HashLine), profile.Clauses, profile.Site));

    /// <summary>Returns a profile of which only the id is known, with the defaults of all other keys.</summary>
    public static JsonObject ShowNew(string id) => (JsonObject)Whole.Show(Nothing with { Id = id, Cadence = Usual })!;

    static bool IsEmail(string text) =>
        text.Length <= 254 && text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1
        && !text.Contains(' ', StringComparison.Ordinal);

    static bool IsZone(string text) => ZoneOpinions.Of(text).IsKnown;

    static void CheckOrder(Publication publication, string place, Problems problems)
    {
        if (publication.KeepUntil <= publication.Opens)
            problems.Add(problems.Of($"{place}.keep_until"), "config.keep-until");
        if (publication.LastCorte is { } last && publication.FirstCorte is { } first && last < first)
            problems.Add(problems.Of($"{place}.last_corte"), "config.last-corte");
    }

    static void CheckWindow(Window window, string place, Problems problems)
    {
        if (window.To <= window.From) problems.Add(problems.Of($"{place}.to"), "config.window");
    }

    static void CheckPlace(CorteInJson corte, string place, Problems problems)
    {
        if (!corte.IsPlace) problems.Add(problems.Of($"{place}.file"), "config.corte-in-json");
    }

    /// <summary>
    /// Refuses a rehearsal that ends after the opening: it would keep the night's packages from the public.
    /// </summary>
    static void CheckRehearsals(Draft draft, string place, Problems problems)
    {
        for (var at = 0; at < draft.Rehearsals.Count; at++)
            if (draft.Rehearsals[at].To > draft.Publication.Opens)
                problems.Add(problems.Of($"rehearsals[{at}].to"), "config.late-rehearsal");
    }
}
