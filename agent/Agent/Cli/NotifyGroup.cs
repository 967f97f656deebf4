using System.CommandLine;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Cli;

/// <summary><c>notify test</c>: sends a test notice from the running agent. Exit 0 if its command succeeded.</summary>
static class NotifyGroup
{
    public static Command Create(CliOutput voice)
    {
        var test = new CommandSyntax("notify test", voice)
            .Command(parse => Operating.Ask(parse, voice, new TestNotice()));
        return new CommandSyntax("notify", voice).Group(test);
    }
}
