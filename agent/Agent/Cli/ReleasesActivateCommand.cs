using System.CommandLine;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>releases activate CORTE|RELEASE --reason TEXT [--hold]</c>: verifies a stored release again and makes it live.
/// </summary>
static class ReleasesActivateCommand
{
    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("releases activate", voice);
        var corte = syntax.Argument("CORTE");
        corte.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (!ActivateRelease.IsName(token.Value))
                    result.AddError(voice.Text("usage.no-corte", ("found", token.Value)));
        });
        var (reason, hold) = (syntax.Reason(), syntax.Flag("--hold"));
        return syntax.Command(
            parse => Operating.Ask(parse, voice, new ActivateRelease(
                parse.GetRequiredValue(corte), parse.GetRequiredValue(reason), parse.GetValue(hold))),
            corte, reason, hold);
    }
}
