using System.CommandLine;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Cli;

/// <summary><c>releases list</c>: the stored releases, newest first.</summary>
static class ReleasesListCommand
{
    public static Command Create(CliOutput voice) =>
        new CommandSyntax("releases list", voice).Command(parse => Operating.Ask(parse, voice, new ListReleases()));
}
