using System.CommandLine;

namespace Difusor.Agent.Cli;

/// <summary><c>config</c>: checks, reloads, shows and describes the configuration.</summary>
static class ConfigCommand
{
    public static Command Create(CliOutput voice) =>
        new CommandSyntax("config", voice).Group(
            ConfigValidateCommand.Create(voice), ConfigReloadCommand.Create(voice), ConfigShowCommand.Create(voice),
            ConfigSchemaCommand.Create(voice));
}
