using System.CommandLine;
using Difusor.Agent.Configuration;

namespace Difusor.Agent.Cli;

/// <summary><c>config show</c>: every key with the value in effect, as YAML or JSON; secrets are masked.</summary>
static class ConfigShowCommand
{
    public static Command Create(CliOutput voice) =>
        new CommandSyntax("config show", voice).Command(parse => Run(parse, voice));

    static ExitCode Run(ParseResult parse, CliOutput voice)
    {
        if (ConfigurationLoading.Load(parse, voice, out var code) is not { } configured) return code;
        if (parse.Json()) voice.Json(SettingsWriter.Show(configured.Settings));
        else voice.Line(SettingsWriter.ShowYaml(configured.Settings, voice.Language).TrimEnd());
        return ExitCode.Done;
    }
}
