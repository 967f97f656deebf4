using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Difusor.Agent.Events;

namespace Difusor.Agent.Journal;

/// <summary>
/// Writes and reads the lines of the journal. Each is one JSON object in UTF-8, with its keys always in the order of
/// the contract's section 11, times in UTC with microseconds, and no unnecessary byte. So a record has exactly one
/// spelling.
/// </summary>
public static class RecordLine
{
    const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    static readonly JsonWriterOptions Canonical = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Returns the line of an event, without its line feed, and the record in it.</summary>
    /// <param name="prev">The head of the previous record.</param>
    public static (byte[] Line, JournalRecord Record) Write(
        AgentEvent happened, long seq, string prev, DateTimeOffset? trusted, DateTimeOffset system)
    {
        var record =
            new JournalRecord(seq, trusted, system, happened.Code.Id(), EventFields.Of(happened), prev, Head: "");
        var line = Line(record);
        return (line, record with { Head = Head(line) });
    }

    /// <summary>Returns the only spelling of a record, without a line feed.</summary>
    public static byte[] Line(JournalRecord record) => Line(record, Canonical);

    /// <summary>
    /// Returns the record for a terminal: the same JSON with every character visible. Its digest is different.
    /// </summary>
    public static byte[] Shown(JournalRecord record) => Line(record, PrintableJson.Line);

    static byte[] Line(JournalRecord record, JsonWriterOptions spelling)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, spelling))
        {
            json.WriteStartObject();
            json.WriteNumber("seq"u8, record.Seq);
            if (record.At is { } at) json.WriteString("at"u8, Time(at));
            else json.WriteNull("at"u8);
            json.WriteString("system_at"u8, Time(record.SystemAt));
            json.WriteString("event"u8, record.Event);
            json.WritePropertyName("fields"u8);
            record.Fields.WriteTo(json);
            json.WriteString("prev"u8, record.Prev);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Returns the head of a line: what the <c>prev</c> of the next line must be.</summary>
    public static string Head(ReadOnlySpan<byte> line)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>
    /// Reads a whole line, without its line feed. Returns null if it is not a record. It does not check the chain.
    /// </summary>
    public static JournalRecord? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            // The parser checks the bytes of a string only when somebody reads that string, which may be far from here.
            if (!Utf8.IsValid(line) || JsonNode.Parse(line) is not JsonObject record) return null;
            if (record["fields"] is not JsonObject fields) return null;
            return new JournalRecord(
                (long)record["seq"]!, record["at"] is { } at ? ReadTime((string)at!) : null,
                ReadTime((string)record["system_at"]!),
                (string)record["event"]!, fields, (string)record["prev"]!, Head(line));
        }
        catch (Exception fault)
            when (fault is JsonException or FormatException or InvalidOperationException or ArgumentException
            or NullReferenceException)
        {
            return null;
        }
    }

    /// <summary>Returns a time as the journal writes it.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    static DateTimeOffset ReadTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
            : throw new FormatException("no time");
}
