using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Tests;

/// <summary>
/// A field of an event: its key and its kind (string, number, boolean, strings, findings); optional ones may be absent.
/// </summary>
sealed record EventField(string Name, string Type, bool Optional);

/// <summary>Events by their fields' names, as the journal has them: for what is tested from outside.</summary>
static class EventShapes
{
    extension(EventEntry entry)
    {
        /// <summary>The fields of the event's record, in their order.</summary>
        internal IReadOnlyList<EventField> Fields =>
            [.. EventFields.ShapeOf(entry.Code).Properties.Where(property => property.Get is not null).Select(FieldOf)];
    }

    extension(AgentEvent happened)
    {
        internal JsonObject Fields => EventFields.Of(happened);
    }

    extension(Condition condition)
    {
        /// <summary>Takes an event; the change is its topic and its turn, null if there is none.</summary>
        internal (string? Change, Condition Next) Hear(EventCode code, JsonObject fields)
        {
            Event(code, fields);
            var (changes, next) = condition.Hear(new JournalRecord(
                1, null, DateTimeOffset.UnixEpoch, code.Id(), fields, JournalRecord.Genesis, ""));
            return (changes.IsEmpty ? null : $"{changes.Single().Trouble.Topic} {changes.Single().Turn}", next);
        }
    }

    /// <summary>Reads an event from fields that may lack some; those that it has must be of their kind.</summary>
    internal static AgentEvent Event(EventCode code, JsonObject fields)
    {
        var happened = EventFields.Read(code.Id(), fields);
        Assert.True(happened is not null, $"{code}: {fields.ToJsonString()}");
        return happened;
    }

    /// <summary>How bad the event is by its fields.</summary>
    internal static Severity SeverityOf(string id, JsonObject fields) =>
        new JournalRecord(1, null, DateTimeOffset.UnixEpoch, id, fields, JournalRecord.Genesis, "").Severity;

    static EventField FieldOf(JsonPropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var kind = type == typeof(bool) ? "boolean"
            : type.IsPrimitive ? "number"
            : type == typeof(IReadOnlyList<string>) ? "strings"
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? "findings" : "string";
        return new EventField(
            property.Name, kind,
            property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null);
    }
}
