using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>What <c>config validate</c> and <c>profile validate</c> answer.</summary>
static class Validation
{
    /// <summary>
    /// Returns what is odd about a configuration that is valid: its profile, commands that cannot be run, and a running
    /// agent that has another one.
    /// </summary>
    public static IReadOnlyList<Said> Warnings(Configured configured) =>
    [
        .. Warnings(configured.Profile),
        .. new CommandLook().Problems(configured.Settings)
            .Select(problem => new Said("config.command-cannot", ("detail", problem))),
        .. RunningConfiguration.Other(configured) is { } other ? [other] : Array.Empty<Said>(),
    ];

    /// <summary>Returns what is odd about a profile that is valid.</summary>
    /// <param name="file">The profile's own file, where that was asked for.</param>
    public static IReadOnlyList<Said> Warnings(ElectionProfile profile, string? file = null)
    {
        var warnings = new List<Said>();
        if (profile.KeepUntil < DateTimeOffset.UtcNow)
            warnings.Add(
                new Said("config.election-over", ("election", profile.Id), ("until", Shown(profile.KeepUntil))));
        if (file is not null && Path.GetFileName(file) is var name && name != $"{profile.Id}.yaml")
            warnings.Add(new Said("profiles.other-name", ("election", profile.Id), ("name", name)));
        if (ZoneAgreement.HostDiffers(profile, ZoneOpinions.Of(profile.TimeZone, ZoneData.Version())) is not null)
            warnings.Add(new Said("profiles.old-zone"));
        return warnings;
    }

    /// <summary>
    /// Returns <c>{"file", "valid", "election", "problems": [{"file", "line", "column", "code", "message"}],
    /// "warnings": [{"code", "message"}]}</c>.
    /// </summary>
    public static JsonObject Json(
        string file, ElectionProfile? election, IReadOnlyList<ConfigProblem> problems, IReadOnlyList<Said> warnings,
        Language language) => new()
    {
        ["file"] = file,
        ["valid"] = election is not null,
        ["election"] = election?.Id,
        ["problems"] = new JsonArray([.. problems.Select(problem => Describe(problem, language))]),
        ["warnings"] = new JsonArray([.. warnings.Select(warning => (JsonNode)new JsonObject
        {
            ["code"] = Code(warning),
            ["message"] = warning.In(language),
        })]),
    };

    static JsonNode Describe(ConfigProblem problem, Language language) => new JsonObject
    {
        ["file"] = problem.File,
        ["line"] = problem.At.Line,
        ["column"] = problem.At.Column,
        ["code"] = Code(problem.What),
        ["message"] = problem.Text(language),
    };

    static Text Shown(DateTimeOffset at) => new(Times.ShowCorte(at, Language.Es), Times.ShowCorte(at, Language.En));

    static string Code(Said said) => said.Key[(said.Key.IndexOf('.', StringComparison.Ordinal) + 1)..];
}
