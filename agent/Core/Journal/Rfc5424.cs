namespace Difusor.Agent.Journal;

/// <summary>
/// Writes a record as a message of RFC 5424: one SD-ELEMENT with the fields, and the sentence for people in UTF-8. The
/// message is MSG-ANY (section 6.4): the byte order mark of MSG-UTF8 would stay in the files that rsyslog writes, and
/// people would see garbage before each sentence.
/// </summary>
public static class Rfc5424
{
    public static byte[] Format(JournalRecord record, SyslogIdentity identity)
    {
        var severity = record.Severity;
        var header = string.Create(CultureInfo.InvariantCulture,
            $"<{identity.Priority(severity)}>1 {RecordLine.Time(record.BestTime)} {Name(identity.Host, 255)} "
                + $"{SyslogIdentity.AppName} {identity.Pid} {Name(record.Event, 32)}");
        var message = SyslogFields.Sentence(record, identity);
        var room = SyslogFields.MessageLimit - header.Length - Encoding.UTF8.GetByteCount(message)
            - identity.SdId.Length - " []  ".Length;
        var fields = string.Join(' ', SyslogFields.Of(record, identity, room));
        return Encoding.UTF8.GetBytes($"{header} [{identity.SdId} {fields}] {message}");
    }

    /// <summary>Returns the printable US-ASCII of a text up to a length, or the NILVALUE.</summary>
    static string Name(string? text, int limit)
    {
        var printable = string.Concat((text ?? "").Where(c => c is > ' ' and < '\x7f').Take(limit));
        return printable.Length == 0 ? "-" : printable;
    }
}
