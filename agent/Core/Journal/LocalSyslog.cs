namespace Difusor.Agent.Journal;

/// <summary>
/// Writes a record in the local format (RFC 3164 as syslog(3) writes it), for a <c>/dev/log</c> that belongs to
/// journald. The code and the fields come before the sentence. The host's name is included only if a message leaves the
/// host.
/// </summary>
public static class LocalSyslog
{
    public static byte[] Format(JournalRecord record, SyslogIdentity identity)
    {
        var severity = record.Severity;
        var local = TimeZoneInfo.ConvertTime(record.BestTime, identity.Zone);
        var host = identity.Host is { } name ? name + " " : "";
        var header = string.Create(CultureInfo.InvariantCulture,
            $"<{identity.Priority(severity)}>{local:MMM} {local.Day,2} {local:HH:mm:ss} "
                + $"{host}{SyslogIdentity.AppName}[{identity.Pid}]: ");
        return Encoding.UTF8.GetBytes(
            header + Text(record, identity, SyslogFields.MessageLimit - Encoding.UTF8.GetByteCount(header)));
    }

    /// <summary>Returns the message without its header, in at most <paramref name="room"/> bytes.</summary>
    internal static string Text(JournalRecord record, SyslogIdentity identity, int room)
    {
        var sentence = SyslogFields.Sentence(record, identity);
        var left = room - Encoding.UTF8.GetByteCount(record.Event) - Encoding.UTF8.GetByteCount(sentence) - "  ".Length;
        return $"{record.Event} {string.Join(' ', SyslogFields.Of(record, identity, left))} {sentence}";
    }
}
