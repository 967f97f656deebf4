using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>What <c>check</c> answers: the rows, of whom, when, and whether it could see everything.</summary>
/// <param name="Version">The agent's.</param>
/// <param name="AsRoot">Without root some of it is out of sight.</param>
public sealed record ConformityReport(
    IReadOnlyList<ConformityRow> Rows, HostFacts Host, Configured Configured, string Version, bool AsRoot)
{
    public static ConformityReport Of(HostFacts host, Configured configured, string version, bool asRoot) =>
        new(Convocatoria.Rows(host, configured), host, configured, version, asRoot);

    /// <summary>Nothing fails.</summary>
    public bool Conforms => Convocatoria.Conforms(Rows);

    public int Count(Standing standing) => Rows.Count(row => row.Standing == standing);

    /// <summary>The name of the agent's site; null where it has none.</summary>
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
