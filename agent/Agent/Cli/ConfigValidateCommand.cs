using System.CommandLine;
using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>config validate</c>: whether agent.yaml and its profile are valid (exit 0) or not (exit 2, each problem with its
/// position).
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
        return ExitCode.Done;
    }

    /// <summary>
    /// Prints <c>{"file", "valid", "election", "problems": [{"file", "line", "column", "code", "message"}]}</c>.
    /// </summary>
    static ExitCode RunJson(ParseResult parse, CliOutput voice)
    {
        if (!File.Exists(parse.ConfigFile().Path))
            return ConfigurationLoading.Load(parse, voice, out var code) is null ? code : ExitCode.Done;
        var reading = ConfigurationFiles.Load(parse.ConfigFile().Path);
        voice.Json(new JsonObject
        {
            ["file"] = reading.File,
            ["valid"] = reading.Value is not null,
            ["election"] = reading.Value?.Profile.Id,
            ["problems"] = new JsonArray([.. reading.Problems.Select(problem => Describe(problem, voice))]),
        });
        return reading.Value is null ? ExitCode.Usage : ExitCode.Done;
    }

    static JsonObject Describe(ConfigProblem problem, CliOutput voice) => new()
    {
        ["file"] = problem.File,
        ["line"] = problem.At.Line,
        ["column"] = problem.At.Column,
        ["code"] = problem.What.Key["config.".Length..],
        ["message"] = problem.Text(voice.Language),
    };
}
