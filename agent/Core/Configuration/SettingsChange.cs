using System.Text.Json.Nodes;

namespace Difusor.Agent.Configuration;

/// <summary>
/// What differs between the configuration in effect and the one just read, and whether a running agent may accept it.
/// </summary>
/// <param name="Changed">
/// Keys whose values differ: <c>drop.settle</c>; those of the profile begin with <c>profile.</c>
/// </param>
/// <param name="NeedsRestart">
/// Those of them that a running agent cannot change; if there are any, the whole reload is refused.
/// </param>
public sealed record SettingsChange(IReadOnlyList<string> Changed, IReadOnlyList<string> NeedsRestart)
{
    const string Opens = "profile.publication.opens";

    /// <summary>
    /// Gets whether the opening would move under a running agent: that is refused, and told at alert (contract, section
    /// 10).
    /// </summary>
    public bool OpensChanged => NeedsRestart.Contains(Opens);

    public static SettingsChange Between(Configured before, Configured after)
    {
        var (old, fresh) = (Flatten(before), Flatten(after));
        var changed = old.Keys.Union(fresh.Keys)
            .Where(key => old.GetValueOrDefault(key) != fresh.GetValueOrDefault(key)).ToList();
        return new SettingsChange(changed, [.. changed.Where(IsFixed)]);
    }

    /// <summary>
    /// Returns whether a key needs a restart: where the agent has its files, how it reads the drop, which election it
    /// serves, and when that opens.
    /// </summary>
    static bool IsFixed(string key) =>
        key.StartsWith("paths.", StringComparison.Ordinal)
            || key is "drop.layout" or "profile.id" or "profile.time_zone" or Opens;

    static Dictionary<string, string> Flatten(Configured configured)
    {
        var values = new Dictionary<string, string>();
        Flatten(SettingsWriter.Whole(configured.Settings), "", values);
        Flatten(ProfileShape.Show(configured.Profile), "profile", values);
        return values;
    }

    static void Flatten(JsonNode? node, string place, Dictionary<string, string> values)
    {
        if (node is not JsonObject map) values[place] = node?.ToJsonString() ?? "null";
        else foreach (var (name, value) in map) Flatten(value, place.Length == 0 ? name : $"{place}.{name}", values);
    }
}
