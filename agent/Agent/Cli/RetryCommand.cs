using System.CommandLine;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Cli;

/// <summary><c>retry</c>: the rejected are judged again, after a change of configuration.</summary>
static class RetryCommand
{
    public static Command Create(CliOutput voice) =>
        new CommandSyntax("retry", voice).Command(parse => Operating.Ask(parse, voice, new RetryRejected()));
}
