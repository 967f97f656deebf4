using System.CommandLine;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Cli;

/// <summary><c>releases remove RELEASE --reason TEXT</c>: removes a held, future or superseded release.</summary>
static class ReleasesRemoveCommand
{
    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("releases remove", voice);
        var (release, reason) = (syntax.Argument("RELEASE"), syntax.Reason());
        return syntax.Command(
            parse => Operating.Ask(
                parse, voice, new RemoveRelease(parse.GetRequiredValue(release), parse.GetRequiredValue(reason))),
            release, reason);
    }
}
