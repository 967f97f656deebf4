using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>The answer of <c>check</c>: the rows, for which host, when, and whether it could see everything.</summary>
/// <param name="Version">The version of the agent.</param>
/// <param name="AsRoot">Whether it ran as root; without root it cannot see everything.</param>
public sealed record ConformityReport(
    IReadOnlyList<ConformityRow> Rows, HostFacts Host, Configured Configured, string Version, bool AsRoot)
{
    public static ConformityReport Of(HostFacts host, Configured configured, string version, bool asRoot) =>
        new(Convocatoria.Rows(host, configured), host, configured, version, asRoot);

    /// <summary>Gets whether no clause fails.</summary>
    public bool Conforms => Convocatoria.Conforms(Rows);

    public int Count(Standing standing) => Rows.Count(row => row.Standing == standing);

    /// <summary>Gets what is shown before each row: the call's clause, or the subject where no call is known.</summary>
    public string FirstColumn => Configured.Profile.Clauses == CallClauses.Generic ? "subject" : "clause";

    /// <summary>Gets the name of the agent's site; null if it has none.</summary>
    public string? SiteName => Site?.Name is { Length: > 0 } name ? name : null;

    internal ApacheSite? Site =>
        Host.Web.Seen?.Configuration.Seen is { } apache
            ? ApacheSite.Of(apache, $"{Configured.Settings.Paths.State}/public") : null;

    public JsonObject ToJson(Language language) => new()
    {
        ["conforms"] = Conforms,
        ["election"] = Configured.Profile.Id,
        ["site"] = SiteName,
        ["at"] = Host.Now.ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture),
        ["version"] = Version,
        ["as_root"] = AsRoot,
        ["counts"]
        = new JsonObject(
            [.. Enum.GetValues<Standing>()
            .Select(standing => KeyValuePair.Create(standing.Word(), (JsonNode?)Count(standing)))]),
        ["rows"] = new JsonArray([.. Rows.Select(row => row.ToJson(language))]),
    };
}
