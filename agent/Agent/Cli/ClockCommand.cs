using System.Collections.Concurrent;
using System.CommandLine;
using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Ntp;
using Difusor.Agent.Night;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>clock</c>: asks the NTP servers now, independently of the daemon but by the same rules. Exit 0 with trusted time,
/// 1 if the servers that answer do not agree, 3 if none answers.
/// </summary>
static class ClockCommand
{
    public static Command Create(CliOutput voice) =>
        new CommandSyntax("clock", voice).Command(parse => Run(parse, voice));

    static ExitCode Run(ParseResult parse, CliOutput voice)
    {
        if (ConfigurationLoading.LoadOrRunning(parse, voice, out var code) is not { } configured) return code;
        var settings = configured.Settings;
        var gate = new PublicationGate(configured.Profile, settings.Clock);
        var proven = DaemonIsOpen(settings.Paths.Run);
        var clock =
            Ask(settings.Clock, state => gate.Decide(state, HostClock.Read(), proven).SelectionsMissing > 0, proven);
        var view = new ClockView(clock, HostClock.Read(), configured.Profile, settings.Clock);
        var decision = gate.Decide(clock, view.Now, proven);

        var host = HostTimeClient.Ask();
        if (parse.Json()) voice.Json(view.ToJson(decision, host));
        else view.Show(decision, host, RunningConfiguration.Status(settings.Paths)?.Clock, voice);
        if (decision.Bound is not null) return ExitCode.Done;
        if (view.AnyAnswered) return voice.Fail(ExitCode.No, "clock.no-majority", ("quorum", settings.Clock.Quorum));
        return voice.Fail(ExitCode.Environment, view.Unheard);
    }

    /// <summary>Asks as the daemon does at its start: a second poll if one does not prove anything yet.</summary>
    static ClockState Ask(ClockSettings settings, Func<ClockState, bool> needsAnother, bool proven)
    {
        using var polls = new BlockingCollection<Signal>();
        var polling = new NtpPolling(new NtpClient(settings.Servers), settings.Poll, polls.Add);
        var discipline = new ClockDiscipline(settings);
        polling.Start();
        var clock = discipline.Take(ClockState.Unknown, ((PollFinished)polls.Take()).Poll, proven).State;
        if (clock.Carried is not null && needsAnother(clock))
            clock = discipline.Take(clock, ((PollFinished)polls.Take()).Poll, proven).State;
        polling.Stop();
        return clock;
    }

    /// <summary>
    /// Returns whether the daemon's gate is open. An opening stays once the daemon has proven it, which only its
    /// journal knows; here the daemon's own metrics are enough.
    /// </summary>
    static bool DaemonIsOpen(string run)
    {
        try
        {
            // Every account can read this file.
            return File.ReadLines(Path.Combine(run, "metrics.prom")).Any(
                line => line.StartsWith("difusor_agent_gate_open{", StringComparison.Ordinal)
                    && line.EndsWith(" 1", StringComparison.Ordinal));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
