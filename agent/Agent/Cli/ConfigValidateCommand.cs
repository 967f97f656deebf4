using System.CommandLine;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>config validate</c>: whether agent.yaml and its profile are valid (exit 0) or not (exit 2, each problem with its
/// position). Warns about an election that is over, a command that cannot be run, and a running agent that has another
/// configuration.
/// </summary>
static class ConfigValidateCommand
{
    public static Command Create(CliOutput voice) =>
        new CommandSyntax("config validate", voice).Command(parse => Run(parse, voice));

    static ExitCode Run(ParseResult parse, CliOutput voice)
    {
        if (parse.Json()) return RunJson(parse, voice);
        if (ConfigurationLoading.Load(parse, voice, out var code) is not { } configured) return code;
        voice.Say(
            "config.valid", ("path", configured.File), ("election", configured.Profile.Id),
            ("title", configured.Profile.Title));
        foreach (var warning in Validation.Warnings(configured)) voice.Error(warning.In(voice.Language));
        return ExitCode.Done;
    }

    static ExitCode RunJson(ParseResult parse, CliOutput voice)
    {
        if (!File.Exists(parse.ConfigFile().Path))
            return ConfigurationLoading.Load(parse, voice, out var code) is null ? code : ExitCode.Done;
        var reading = ConfigurationFiles.Load(parse.ConfigFile().Path);
        voice.Json(Validation.Json(
            reading.File, reading.Value?.Profile, reading.Problems,
            reading.Value is { } valid ? Validation.Warnings(valid) : [], voice.Language));
        return reading.Value is null ? ExitCode.Usage : ExitCode.Done;
    }
}
