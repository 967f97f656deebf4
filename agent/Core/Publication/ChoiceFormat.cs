using System.Text.Json;
using System.Text.Json.Nodes;

namespace Difusor.Agent.Publication;

/// <summary>Reads and writes an operator's choice as the small JSON file that keeps it over restarts.</summary>
public static class ChoiceFormat
{
    public static byte[] Write(OperatorChoice choice) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["release"] = choice.Release?.Value,
        ["overruled_corte"] = choice.Overruled?.Corte.ToString(),
        ["overruled_sequence"] = choice.Overruled?.Sequence ?? 0,
        ["hold"] = choice.Hold,
        ["reason"] = choice.Reason,
        ["at"] = choice.At.ToString("O", CultureInfo.InvariantCulture),
    }.ToJsonString());

    /// <returns>The choice; null if the bytes are not a complete one.</returns>
    public static OperatorChoice? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var json = document.RootElement;
            var release = json.GetProperty("release").GetString() is { } id ? ReleaseId.Read(id) : null;
            var corte = json.GetProperty("overruled_corte").GetString() is { } text ? Corte.Read(text) : null;
            var overruled = corte is { } known
                ? new ReleaseRank(known, json.GetProperty("overruled_sequence").GetInt64()) : (ReleaseRank?)null;
            return DateTimeOffset.TryParse(
                json.GetProperty("at").GetString(), CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
                ? new OperatorChoice(
                    release, overruled, json.GetProperty("hold").GetBoolean(),
                    json.GetProperty("reason").GetString() ?? "", at) : null;
        }
        catch (Exception damaged)
            when (damaged is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
