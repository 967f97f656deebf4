using System.CommandLine;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Mono.Unix.Native;

namespace Difusor.Agent.Cli;

/// <summary>How a command comes to its configuration, and what it says where there is none that holds.</summary>
public static class ConfigurationLoading
{
    /// <summary>
    /// The configuration that the command line names. Where it does not hold each problem is said on standard error, as
    /// <c>FILE:LINE:COLUMN: what</c>, and <paramref name="code"/> is the command's exit code.
    /// </summary>
    /// <param name="asAgent">The command is the agent itself.</param>
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
    /// The same for a command that can do without: null and <see cref="ExitCode.Done"/> where the operator named no
    /// file and there is none.
    /// </summary>
    public static Configured? LoadIfAny(ParseResult parse, CliOutput voice, out ExitCode code)
    {
        code = ExitCode.Done;
        var (file, named) = parse.ConfigFile();
        return named || File.Exists(file) ? Load(parse, voice, out code) : null;
    }
}
