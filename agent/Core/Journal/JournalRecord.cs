using System.Text.Json.Nodes;
using Difusor.Agent.Events;

namespace Difusor.Agent.Journal;

/// <summary>One line of the journal, read or just written (contract, section 11).</summary>
/// <param name="Seq">From 1, without a gap.</param>
/// <param name="At">Trusted time; null where there was none.</param>
/// <param name="SystemAt">What the system clock said.</param>
/// <param name="Event">The MSGID; text, because a journal may hold events of a newer agent.</param>
/// <param name="Prev">Hex SHA-256 of the previous line's bytes without its line feed; 64 zeros for the first.</param>
/// <param name="Head">Hex SHA-256 of this record's own line without its line feed.</param>
public sealed record JournalRecord(
    long Seq, DateTimeOffset? At, DateTimeOffset SystemAt, string Event, JsonObject Fields, string Prev, string Head)
{
    /// <summary>The <see cref="Prev"/> of the first record.</summary>
    public static string Genesis { get; } = new('0', 64);

    /// <summary>What has happened; null where this version does not know the event, or its fields are others.</summary>
    public AgentEvent? Happened => happened ??= EventFields.Read(Event, Fields);

    AgentEvent? happened;

    /// <summary>How bad it was; an event of another version counts as a notice.</summary>
    public Severity Severity => Happened?.Severity ?? EventCatalogue.Named(Event)?.Severity ?? Severity.Notice;

    /// <summary>Trusted time where there was one.</summary>
    public DateTimeOffset BestTime => At ?? SystemAt;
}
