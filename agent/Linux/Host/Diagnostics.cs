using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Difusor.Agent.Linux.Host;

/// <summary>
/// Writes diagnostics to standard error, one line each: messages that are useful but are not decisions. Under systemd
/// the line begins with its priority, as sd-daemon(3) reads it, and has no time, because journald adds its own.
/// </summary>
static class Diagnostics
{
    static readonly bool ToJournald = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };

    public static ILogger ToStandardError() =>
        new LoggerConfiguration().WriteTo.Sink(new StandardError()).CreateLogger();

    /// <summary>Returns the line as it goes to standard error.</summary>
    public static string Line(LogEventLevel level, string text) =>
        (ToJournald ? $"<{StandardError.Priority(level)}>" : "difusor-agent: ") + Printable.Line(
            text.ReplaceLineEndings(" "));

    sealed class StandardError : ILogEventSink
    {
        public void Emit(LogEvent logEvent) =>
            StandardStreams.Errors.WriteLine(
            Line(logEvent.Level, logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture)));

        /// <summary>Returns the priority of syslog(3): 2 critical, 3 error, 4 warning, 6 info, 7 debug.</summary>
        internal static int Priority(LogEventLevel level) => level switch
        {
            LogEventLevel.Fatal => 2,
            LogEventLevel.Error => 3,
            LogEventLevel.Warning => 4,
            LogEventLevel.Information => 6,
            _ => 7,
        };
    }
}
