using System.CommandLine;

namespace Difusor.Agent.Cli;

/// <summary><c>releases</c>: which releases are stored, and which of them is live.</summary>
static class ReleasesCommand
{
    public static Command Create(CliOutput voice) => new CommandSyntax("releases", voice).Group(
        ReleasesListCommand.Create(voice), ReleasesActivateCommand.Create(voice), ReleasesResumeCommand.Create(voice),
        ReleasesRemoveCommand.Create(voice));
}
