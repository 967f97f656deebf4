using System.CommandLine;
using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>config validate</c>: whether agent.yaml and its profile are valid (exit 0) or not (exit 2, each problem with its
/// position). Warns about an election that is over.
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
        if (IsOver(configured.Profile)) voice.Error(Over(configured.Profile, voice));
        return ExitCode.Done;
    }

    /// <summary>Returns whether nothing of this election is to be published any more.</summary>
    static bool IsOver(ElectionProfile profile) => profile.KeepUntil < DateTimeOffset.UtcNow;

    static string Over(ElectionProfile profile, CliOutput voice) => voice.Text(
        "config.election-over", ("election", profile.Id),
        ("until", Times.ShowCorte(profile.KeepUntil, voice.Language)));

    /// <summary>
    /// Prints <c>{"file", "valid", "election", "problems": [{"file", "line", "column", "code", "message"}], "warnings":
    /// [{"code", "message"}]}</c>.
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
            ["warnings"] = reading.Value?.Profile is { } election && IsOver(election)
                ? new JsonArray(new JsonObject { ["code"] = "election-over", ["message"] = Over(election, voice) })
                : new JsonArray(),
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
