using System.CommandLine;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Cli;

/// <summary><c>profile</c>: begins, shows, describes and checks the profile of an election.</summary>
static class ProfileCommand
{
    public static Command Create(CliOutput voice) =>
        new CommandSyntax("profile", voice).Group(
            ProfileNewCommand.Create(voice), ProfileValidateCommand.Create(voice), ProfileShowCommand.Create(voice),
            ProfileSchemaCommand.Create(voice));

    /// <summary>
    /// Reads the profile that an argument names: a file of the working folder, or else an id, as the agent looks for
    /// it.
    /// </summary>
    public static Reading<ElectionProfile> Read(ParseResult parse, string named) => ConfigurationFiles.LoadProfile(
        SettingsReader.IsPath(named) || File.Exists(named) ? Path.GetFullPath(named) : named,
        Path.GetFullPath(parse.ConfigFile().Path), Position.Start);

    /// <summary>Tells each problem on standard error, and returns the exit code.</summary>
    /// <param name="named">What named the profile, for a file that is not there: that has no place in a file.</param>
    public static ExitCode Tell(Reading<ElectionProfile> reading, CliOutput voice, string named)
    {
        foreach (var problem in reading.Problems)
            if (problem.What.Key.StartsWith("config.no-profile", StringComparison.Ordinal))
                voice.Error($"{named}: {problem.Text(voice.Language)}");
            else voice.Problem(problem.In(voice.Language));
        return ExitCode.Usage;
    }
}
