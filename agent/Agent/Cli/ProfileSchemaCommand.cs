using System.CommandLine;
using Difusor.Agent.Configuration;

namespace Difusor.Agent.Cli;

/// <summary><c>profile schema</c>: a JSON Schema of a profile, for editors. It needs no configuration.</summary>
static class ProfileSchemaCommand
{
    public static Command Create(CliOutput voice) => new CommandSyntax("profile schema", voice).Command(_ =>
    {
        voice.Json(ProfileWriter.Schema(voice.Language), indented: true);
        return ExitCode.Done;
    });
}
