using System.CommandLine;
using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>Compares what lies on disk with what the running agent works with.</summary>
static class RunningConfiguration
{
    /// <summary>
    /// Returns a sentence if an agent runs that has another configuration than this; null if not, or it cannot be seen.
    /// </summary>
    public static Said? Other(Configured configured) =>
        Status(configured.Settings.Paths) is { } status ? Other(configured, status) : null;

    /// <summary>Returns what the running agent says of itself; null if none runs, or it cannot be seen.</summary>
    public static AgentStatus? Status(PathSettings paths)
    {
        try
        {
            var status = AgentStatus.Read(File.ReadAllBytes(Path.Combine(paths.Run, "status.json")));
            return status is not null && StatusCommand.IsAlive(status.Pid) ? status : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return null; }
    }

    /// <param name="status">What the agent says of itself.</param>
    public static Said? Other(Configured configured, AgentStatus status) =>
        StatusCommand.IsAlive(status.Pid) && ConfigurationDigest.Differs(configured, status.ConfigurationSha256)
            ? new Said("config.running-older", ("config", Named(configured.File))) : null;

    /// <summary>
    /// Returns the same sentence for a profile alone, if it is the one that the host's configuration names.
    /// </summary>
    public static IEnumerable<Said> Other(ParseResult parse, ElectionProfile profile)
    {
        Configured? configured;
        try { configured = ConfigurationFiles.Load(parse.ConfigFile().Path).Value; }
        catch (SystemFault) { yield break; }
        if (configured is not null && configured.Profile.Id == profile.Id
            && Other(configured with { Profile = profile }) is { } other) yield return other;
    }

    /// <summary>Returns the option that the command needs for a file other than the usual one.</summary>
    static string Named(string file) => file == SharedOptions.DefaultConfig ? "" : $" --config {file}";
}
