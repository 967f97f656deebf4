using System.Text.Json.Nodes;
using Difusor.Agent.Events;

namespace Difusor.Agent.Journal;

/// <summary>One line of the journal, read or just written (contract, section 11).</summary>
/// <param name="Seq">The number of the record, from 1, without a gap.</param>
/// <param name="At">Trusted time; null if there was none.</param>
/// <param name="SystemAt">The time of the system clock.</param>
/// <param name="Event">The MSGID. It is text, because a journal may hold events of a newer agent.</param>
/// <param name="Prev">The SHA-256 of the previous line without its line feed, in hex; 64 zeros for the first
/// record.</param>
/// <param name="Head">The SHA-256 of this record's own line without its line feed, in hex.</param>
public sealed record JournalRecord(
    long Seq, DateTimeOffset? At, DateTimeOffset SystemAt, string Event, JsonObject Fields, string Prev, string Head)
{
    /// <summary>Gets the <see cref="Prev"/> of the first record.</summary>
    public static string Genesis { get; } = new('0', 64);

    /// <summary>Gets the event; null if this version does not know it, or its fields are different.</summary>
    public AgentEvent? Happened => happened ??= EventFields.Read(Event, Fields);

    AgentEvent? happened;

    /// <summary>Gets how bad the event is. An event that this version does not know counts as a notice.</summary>
    public Severity Severity => Happened?.Severity ?? EventCatalogue.Named(Event)?.Severity ?? Severity.Notice;

    /// <summary>Gets the trusted time or, if there was none, the time of the system clock.</summary>
    public DateTimeOffset BestTime => At ?? SystemAt;
}
