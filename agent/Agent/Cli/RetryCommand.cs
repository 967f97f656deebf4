using System.CommandLine;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Cli;

/// <summary><c>retry</c>: judges rejected deliveries again, after a change of the configuration.</summary>
static class RetryCommand
{
    public static Command Create(CliOutput voice) =>
        new CommandSyntax("retry", voice).Command(parse => Operating.Ask(parse, voice, new RetryRejected()));
}
