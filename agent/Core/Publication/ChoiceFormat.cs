using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Publication;

/// <summary>Reads and writes an operator's choice as the small JSON file that keeps it over restarts.</summary>
public static class ChoiceFormat
{
    public static ReadOnlySpan<byte> Write(OperatorChoice choice)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        json.WriteString("release"u8, choice.Release?.Value);
        json.WriteString("overruled_corte"u8, choice.Overruled?.Corte.ToString());
        json.WriteNumber("overruled_sequence"u8, choice.Overruled?.Sequence ?? 0);
        json.WriteBoolean("hold"u8, choice.Hold);
        json.WriteString("reason"u8, choice.Reason);
        json.WriteString("at"u8, choice.At.ToString("O", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan;
    }

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
