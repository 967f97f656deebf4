using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Drop;

/// <summary>
/// What is remembered of a delivery that has its verdict, over a restart too: it is not judged, announced nor receipted
/// again as long as its files are the same.
/// </summary>
/// <param name="Later">At whose time it is judged again although it is the same; null: never.</param>
public sealed record JudgedDelivery(RawPath Root, string Fingerprint, bool Accepted, Corte? Later = null);

/// <summary>The memory as a file: one JSON object a line.</summary>
public static class JudgedMemory
{
    public static string Write(IEnumerable<JudgedDelivery> judged) =>
        string.Concat(judged.OrderBy(one => one.Root).Select(one =>
        new JsonObject { ["name"] = one.Root.Bytes, ["fingerprint"] = one.Fingerprint, ["accepted"] = one.Accepted,
            ["later"] = one.Later?.ToString() }.ToJsonString() + "\n"));

    /// <summary>
    /// Reads what <see cref="Write"/> wrote; a line that is no such thing is forgotten: the worst that follows is one
    /// verdict twice.
    /// </summary>
    public static IEnumerable<JudgedDelivery> Read(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (ReadLine(line) is { } judged) yield return judged;
    }

    static JudgedDelivery? ReadLine(string line)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject one && (string?)one["name"] is { } name
                && (string?)one["fingerprint"] is { } fingerprint
                && !name.Any(c => c is '\0' or > 'ÿ') ? new JudgedDelivery(
                    new RawPath(name), fingerprint, (bool?)one["accepted"] ?? false,
                    Corte.Read((string?)one["later"] ?? "")) : null;
        }
        catch (Exception problem)
            when (problem is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }
}
