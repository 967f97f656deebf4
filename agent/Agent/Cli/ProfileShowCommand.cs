using System.CommandLine;
using Difusor.Agent.Configuration;

namespace Difusor.Agent.Cli;

/// <summary><c>profile show [ID]</c>: every key of a profile with the value in effect, as YAML or JSON.</summary>
static class ProfileShowCommand
{
    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("profile show", voice);
        var id = syntax.OptionalArgument("ID");
        return syntax.Command(parse => Run(parse, voice, parse.GetValue(id)), id);
    }

    static ExitCode Run(ParseResult parse, CliOutput voice, string? named)
    {
        ElectionProfile? profile;
        if (named is null)
        {
            profile = ConfigurationLoading.Load(parse, voice, out var code)?.Profile;
            if (profile is null) return code;
        }
        else
        {
            var reading = ProfileCommand.Read(parse, named);
            profile = reading.Value;
            if (profile is null) return ProfileCommand.Tell(reading, voice, named);
        }
        if (parse.Json()) voice.Json(ProfileWriter.Show(profile));
        else voice.Line(ProfileWriter.ShowYaml(profile).TrimEnd());
        return ExitCode.Done;
    }
}
