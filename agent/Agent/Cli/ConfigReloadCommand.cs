using System.CommandLine;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>config reload</c>: has the running agent read its file again, and waits. Exit 2 if it keeps the old one;
/// systemd's <c>ExecReload=</c> is this.
/// </summary>
static class ConfigReloadCommand
{
    public static Command Create(CliOutput voice) => new CommandSyntax("config reload", voice).Command(
        parse => Operating.Ask(parse, voice, new ReloadConfiguration()));
}
