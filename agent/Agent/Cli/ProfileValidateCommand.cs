using System.CommandLine;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>profile validate FILE</c>: whether a profile is valid (exit 0) or not (exit 2, each problem with its position).
/// Warns about an election that is over, a file that the agent would not find, and old zone data of the host.
/// </summary>
static class ProfileValidateCommand
{
    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("profile validate", voice);
        var file = syntax.Argument("FILE");
        return syntax.Command(parse => Run(parse, voice, parse.GetValue(file)!), file);
    }

    static ExitCode Run(ParseResult parse, CliOutput voice, string named)
    {
        var reading = ProfileCommand.Read(parse, named);
        IReadOnlyList<Said> warnings = reading.Value is { } election
            ? [.. Validation.Warnings(election, reading.File), .. RunningConfiguration.Other(parse, election)] : [];
        if (parse.Json())
        {
            voice.Json(Validation.Json(reading.File, reading.Value, reading.Problems, warnings, voice.Language));
            return reading.Value is null ? ExitCode.Usage : ExitCode.Done;
        }
        if (reading.Value is not { } profile) return ProfileCommand.Tell(reading, voice, named);
        voice.Say(
            "profiles.valid", ("path", reading.File), ("election", profile.Id), ("title", profile.Title),
            ("opens", Times.ShowCorte(profile.Opens, voice.Language)),
            ("until", Times.ShowCorte(profile.KeepUntil, voice.Language)));
        foreach (var warning in warnings) voice.Error(warning.In(voice.Language));
        return ExitCode.Done;
    }
}
