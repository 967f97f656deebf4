using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Cli;

/// <summary>The command lines that only show something, so that it may be something of the configuration.</summary>
static class ShownCommands
{
    /// <summary>Gets each command that changes nothing, as help.json has it, for people and for programs.</summary>
    public static IEnumerable<string> Lines => HelpText.All.Where(command => command.Value.Changes == false)
        .SelectMany(command => new[] { command.Key, command.Key + " --json" })
        .Concat(["check --html", "check --anexo1"]);
}
