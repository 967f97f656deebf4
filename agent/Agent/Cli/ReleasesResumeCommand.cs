using System.CommandLine;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Cli;

/// <summary><c>releases resume</c>: ends the operator's hold; the next newer corte is published again.</summary>
static class ReleasesResumeCommand
{
    public static Command Create(CliOutput voice) =>
        new CommandSyntax("releases resume", voice).Command(parse => Operating.Ask(parse, voice, new ResumeReleases()));
}
