using System.CommandLine;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Cli;

/// <summary><c>withdraw --reason TEXT [--force]</c>: takes the site down to the notice page.</summary>
static class WithdrawCommand
{
    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("withdraw", voice);
        var (reason, force) = (syntax.Reason(), syntax.Flag("--force"));
        return syntax.Command(
            parse => Operating.Ask(
            parse, voice, new WithdrawSite(parse.GetRequiredValue(reason), parse.GetValue(force))), reason, force);
    }
}
