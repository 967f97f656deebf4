using Difusor.Agent.Events;

namespace Difusor.Agent.Journal;

/// <summary>
/// Writes a record as an entry of journald's own protocol (systemd.io, "Native Journal Protocol"). MESSAGE is the text
/// of the local format, which journald passes to a syslog daemon as it passes that of /dev/log. MESSAGE_ID is the id of
/// the event, by which <c>journalctl -x</c> finds the text in the catalog. Each field of the record becomes
/// <c>DIFUSOR_NAME</c>. No value contains a line feed, so each field is one line.
/// </summary>
public static class JournaldEntry
{
    public const string Prefix = "DIFUSOR_";
    const int LongestName = 64;

    public static byte[] Format(JournalRecord record, SyslogIdentity identity)
    {
        var severity = (int)record.Severity;
        var entry = new StringBuilder();
        Add("MESSAGE", LocalSyslog.Text(record, identity, room: SyslogFields.MessageLimit));
        if (EventCatalogue.Named(record.Event) is { } known) Add("MESSAGE_ID", EventCatalogue.MessageId(known.Code));
        Add("PRIORITY", Number(severity));
        Add("SYSLOG_FACILITY", Number(identity.Facility));
        Add("SYSLOG_IDENTIFIER", SyslogIdentity.AppName);
        Add("SYSLOG_PID", Number(identity.Pid));
        Add(Prefix + "EVENT", record.Event);
        Add(Prefix + "AT", RecordLine.Time(record.BestTime));
        foreach (var pair in SyslogFields.Plain(record, identity, SyslogFields.MessageLimit))
            Add(Prefix + Name(pair.Name), pair.Value);
        return Encoding.UTF8.GetBytes(entry.ToString());

        void Add(string name, string value) => entry.Append(name).Append('=').Append(value).Append('\n');
    }

    static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Returns a valid field name: capitals, digits and underscores, and at most 64 bytes with the prefix.
    /// </summary>
    static string Name(string name)
    {
        var valid = string.Concat(
            name.ToUpperInvariant().Select(c => c is (>= 'A' and <= 'Z') or (>= '0' and <= '9') ? c : '_'));
        return valid[..Math.Min(valid.Length, LongestName - Prefix.Length)];
    }
}
