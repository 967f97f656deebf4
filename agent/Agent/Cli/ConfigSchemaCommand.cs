using System.CommandLine;
using Difusor.Agent.Configuration;

namespace Difusor.Agent.Cli;

/// <summary><c>config schema</c>: a JSON Schema of agent.yaml, for editors. It needs no configuration.</summary>
static class ConfigSchemaCommand
{
    public static Command Create(CliOutput voice) => new CommandSyntax("config schema", voice).Command(_ =>
    {
        voice.Json(SettingsWriter.Schema(voice.Language), indented: true);
        return ExitCode.Done;
    });
}
