using System.Text.Json;
using System.Text.Json.Nodes;

namespace Difusor.Agent.Drop;

/// <summary>
/// What the agent remembers, also over a restart, about a delivery that has its verdict. As long as its files stay the
/// same, it is not judged or announced again, and gets no new acuse.
/// </summary>
/// <param name="Later">The corte whose time makes the agent judge it again although it is unchanged; null means
/// never.</param>
public sealed record JudgedDelivery(RawPath Root, string Fingerprint, bool Accepted, Corte? Later = null);

/// <summary>Writes and reads this memory as a file: one JSON object per line.</summary>
public static class JudgedMemory
{
    public static string Write(IEnumerable<JudgedDelivery> judged) =>
        string.Concat(judged.OrderBy(one => one.Root).Select(one =>
        new JsonObject { ["name"] = one.Root.Bytes, ["fingerprint"] = one.Fingerprint, ["accepted"] = one.Accepted,
            ["later"] = one.Later?.ToString() }.ToJsonString() + "\n"));

    /// <summary>
    /// Reads what <see cref="Write"/> wrote. It skips a line that is not valid: at worst one verdict is made twice.
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
