using System.CommandLine;
using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Control;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;
using Mono.Unix.Native;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>status</c>: what the running agent reports about itself in status.json. Exit 3 if it does not run, or has not
/// written for <see cref="Stale"/>: then the output shows an old state.
/// </summary>
static class StatusCommand
{
    /// <summary>The agent writes at least every 5 s. After three times that, it hangs or has died.</summary>
    static readonly TimeSpan Stale = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Redrawing = TimeSpan.FromSeconds(1);

    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("status", voice);
        var watch = syntax.Flag("--watch");
        return syntax.Command(parse =>
        {
            if (ConfigurationLoading.Folders(parse, voice, out var code) is not { } found) return code;
            var file = Path.Combine(found.Paths.Run, "status.json");
            return parse.GetValue(watch) ? Watch(file, parse.Json(), voice)
                : Show(file, parse.Json(), voice, DateTimeOffset.UtcNow, found.Configured);
        }, watch);
    }

    /// <param name="onDisk">What the agent would work with after a reload; null if that is not known.</param>
    internal static ExitCode Show(
        string file, bool json, CliOutput voice, DateTimeOffset now, Configured? onDisk = null)
    {
        if (!File.Exists(file)) return voice.Fail(ExitCode.Environment, "status.not-running", ("file", file));
        byte[] bytes;
        try { bytes = File.ReadAllBytes(file); }
        catch (UnauthorizedAccessException)
        {
            return voice.Fail(
                ExitCode.Environment, "status.no-access", ("file", file), ("group", ControlSocket.GroupName));
        }
        if (AgentStatus.Read(bytes) is not { } status)
            return voice.Fail(ExitCode.Environment, "status.unreadable", ("file", file));
        var (isGone, isStale) = (!IsAlive(status.Pid), now - status.WrittenAt > Stale);
        if (json) voice.Json(JsonNode.Parse(bytes)!);
        else new StatusView(voice).Draw(status, now, isOld: isGone || isStale);
        var at = ("at", (object?)Times.Show(status.WrittenAt, voice.Language));
        if (isGone) return voice.Fail(ExitCode.Environment, "status.gone", ("pid", status.Pid), at);
        if (!json && onDisk is not null && RunningConfiguration.Other(onDisk, status) is { } other)
            voice.Error(other.In(voice.Language));
        return isStale ? voice.Fail(ExitCode.Environment, "status.stale", at, ("pid", status.Pid)) : ExitCode.Done;
    }

    /// <summary>
    /// Shows the status until it is interrupted: on a terminal again at each turn; elsewhere, and as JSON, whenever the
    /// agent has written.
    /// </summary>
    static ExitCode Watch(string file, bool json, CliOutput voice)
    {
        var seen = DateTime.MinValue;
        using var screen = json ? AlternateScreen.None : voice.OwnScreen();
        while (true)
        {
            // Between two changes nothing is written that could fail.
            if (StandardStreams.IsUnread) throw new OutputClosed();
            var written = File.GetLastWriteTimeUtc(file);
            if (written != seen || (voice.Surface.OutputIsTerminal && !json))
            {
                if (!json) voice.Clear();
                Show(file, json, voice, DateTimeOffset.UtcNow);
                seen = written;
            }
            Thread.Sleep(Redrawing);
        }
    }

    /// <summary>Returns whether a process lives, whoever owns it.</summary>
    internal static bool IsAlive(int pid) => Syscall.kill(pid, 0) == 0 || Stdlib.GetLastError() == Errno.EPERM;
}
