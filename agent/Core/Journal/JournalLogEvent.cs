using Difusor.Agent.Events;
using Difusor.Agent.Texts;
using Serilog.Events;
using Serilog.Parsing;

namespace Difusor.Agent.Journal;

/// <summary>
/// Turns a journal record into a Serilog event for any sink. The message is the sentence; the properties are MsgId,
/// Seq, Head and the record's fields. The record itself is added for the sink that knows it.
/// </summary>
public static class JournalLogEvent
{
    const string RecordProperty = "Record";

    public static LogEvent Of(JournalRecord record, Language language)
    {
        var sentence =
            new MessageTemplate([new TextToken(EventCatalogue.Sentence(language, record.Event, record.Fields))]);
        List<LogEventProperty> properties =
        [
            new("MsgId", new ScalarValue(record.Event)), new("Seq", new ScalarValue(record.Seq)),
            new("Head", new ScalarValue(record.Head)),
            new(RecordProperty, new ScalarValue(record)),
            .. record.Fields.Where(field => field.Key.Length > 0)
                .Select(field => new LogEventProperty(
                    field.Key, new ScalarValue(EventCatalogue.Scalar(language, field.Key, field.Value)))),
        ];
        return new LogEvent(record.BestTime, LevelOf(record.Severity), exception: null, sentence, properties);
    }

    public static JournalRecord RecordOf(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue(RecordProperty, out var value)
            && value is ScalarValue { Value: JournalRecord record }
            ? record : throw new ArgumentException("not an event of the journal", nameof(logEvent));

    static LogEventLevel LevelOf(Severity severity) => severity switch
    {
        Severity.Emergency or Severity.Alert or Severity.Critical => LogEventLevel.Fatal,
        Severity.Error => LogEventLevel.Error,
        Severity.Warning => LogEventLevel.Warning,
        Severity.Notice or Severity.Info => LogEventLevel.Information,
        Severity.Debug => LogEventLevel.Debug,
    };
}
