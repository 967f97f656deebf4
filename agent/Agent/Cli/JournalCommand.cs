using System.CommandLine;
using Difusor.Agent.Configuration;

namespace Difusor.Agent.Cli;

/// <summary><c>journal</c>: shows, verifies and exports the records.</summary>
static class JournalCommand
{
    public static Command Create(CliOutput voice) =>
        new CommandSyntax("journal", voice)
            .Group(JournalShowCommand.Create(voice), JournalVerifyCommand.Create(voice),
            JournalExportCommand.Create(voice));

    internal static string FolderOf(PathSettings paths) => Path.Combine(paths.State, "journal");
}
