using System.CommandLine;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Mono.Unix.Native;

namespace Difusor.Agent.Cli;

/// <summary>Loads the configuration of a command, and reports it if there is no valid one.</summary>
public static class ConfigurationLoading
{
    /// <summary>
    /// Returns the configuration that the command line names. If it is not valid, each problem is reported on standard
    /// error as <c>FILE:LINE:COLUMN: what</c>; then the result is null, and <paramref name="code"/> is the exit code of
    /// the command.
    /// </summary>
    /// <param name="asAgent">Whether the command is the agent itself.</param>
    public static Configured? Load(ParseResult parse, CliOutput voice, out ExitCode code, bool asAgent = false)
    {
        code = ExitCode.Done;
        var (file, _) = parse.ConfigFile();
        try
        {
            var reading = ConfigurationFiles.Load(file, asAgent);
            if (reading.Value is { } configured) return configured;
            foreach (var problem in reading.Problems) voice.Problem(problem.In(voice.Language));
            code = ExitCode.Usage;
        }
        catch (SystemFault fault) when (fault.Errno is Errno.ENOENT)
        {
            code = voice.Fail(ExitCode.Usage, "config.no-file", ("path", file));
        }
        return null;
    }

    /// <summary>
    /// Does the same for a command that can do without: returns null and <see cref="ExitCode.Done"/> if the operator
    /// named no file and the default file does not exist.
    /// </summary>
    public static Configured? LoadIfAny(ParseResult parse, CliOutput voice, out ExitCode code)
    {
        code = ExitCode.Done;
        var (file, named) = parse.ConfigFile();
        return named || File.Exists(file) ? Load(parse, voice, out code) : null;
    }
}
