using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Difusor.Agent.Linux;

/// <summary>
/// What is no decision and yet worth a word: on standard error, one line each. Under systemd the line begins with its priority, as
/// sd-daemon(3) reads it, and carries no time, for journald has its own.
/// </summary>
static class Diagnostics
{
    public static ILogger ToStandardError() =>
        new LoggerConfiguration().WriteTo.Sink(new StandardError(Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 })).CreateLogger();

    sealed class StandardError(bool toJournald) : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
            var text = logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture).ReplaceLineEndings(" ");
            Console.Error.WriteLine(toJournald ? $"<{Priority(logEvent.Level)}>{text}" : $"difusor-agent: {text}");
        }

        /// <summary>syslog(3): 2 critical, 3 error, 4 warning, 6 info, 7 debug.</summary>
        static int Priority(LogEventLevel level) => level switch
        {
            LogEventLevel.Fatal => 2,
            LogEventLevel.Error => 3,
            LogEventLevel.Warning => 4,
            LogEventLevel.Information => 6,
            _ => 7,
        };
    }
}
