using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Difusor.Agent.Configuration;

namespace Difusor.Agent.Events;

/// <summary>Converts events to the journal's fields and back.</summary>
public static class EventFields
{
    /// <summary>Returns the shape of an event's fields.</summary>
    public static JsonTypeInfo ShapeOf(EventCode code) => EventTraits.Of(code).Shape;

    /// <summary>Writes the fields of an event.</summary>
    public static JsonObject Of(AgentEvent happened) =>
        JsonSerializer.SerializeToNode(happened, ShapeOf(happened.Code))!.AsObject();

    /// <summary>Reads an event from its fields.</summary>
    /// <param name="id">The MSGID.</param>
    /// <returns>The event; null if this version does not know it, or its fields do not fit.</returns>
    public static AgentEvent? Read(string id, JsonObject fields)
    {
        if (EventCatalogue.Named(id) is not { } entry) return null;
        try { return fields.Deserialize(ShapeOf(entry.Code)) as AgentEvent; }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }
}

sealed class CorteJson : JsonConverter<Corte>
{
    public override Corte Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        Corte.Read(reader.GetString() ?? "") ?? throw new JsonException();

    public override void Write(Utf8JsonWriter writer, Corte value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

sealed class ReleaseIdJson : JsonConverter<ReleaseId>
{
    public override ReleaseId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        ReleaseId.Read(reader.GetString() ?? "") ?? throw new JsonException();

    public override void Write(Utf8JsonWriter writer, ReleaseId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

/// <summary>Writes an instant to the second, with its offset, in the same form as a corte.</summary>
sealed class SecondJson() : InstantJson("yyyy-MM-dd'T'HH:mm:sszzz");

/// <summary>Writes an instant to the microsecond, with its offset.</summary>
sealed class MicrosecondJson() : InstantJson("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz");

abstract class InstantJson(string format) : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture, out var at) ? at
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString(format, CultureInfo.InvariantCulture));
}

/// <summary>Reads and writes a window as <c>FROM/TO</c>.</summary>
sealed class WindowJson : JsonConverter<Window>
{
    public override Window Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        reader.GetString()?.Split('/') is [var from, var to] && Corte.Read(from) is { } first
            && Corte.Read(to) is { } last
            ? new Window(first.At, last.At) : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, Window value, JsonSerializerOptions options) =>
        writer.WriteStringValue($"{new Corte(value.From)}/{new Corte(value.To)}");
}
