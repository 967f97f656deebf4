using System.CommandLine;
using Difusor.Agent.Cli;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Shipped;

/// <summary>Lists the commands of the program.</summary>
public static class CommandTree
{
    /// <summary>Returns the program itself, then its commands, then their subcommands.</summary>
    public static IEnumerable<Command> All(Language language)
    {
        var open = new Queue<Command>(
            [CommandLine.Root(new CliOutput(TextWriter.Null, TextWriter.Null, language, Surface.Plain))]);
        while (open.TryDequeue(out var command))
        {
            yield return command;
            foreach (var member in command.Subcommands) open.Enqueue(member);
        }
    }
}
