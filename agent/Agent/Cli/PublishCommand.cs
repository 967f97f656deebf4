using System.CommandLine;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>publish PATH --reason TEXT [--corte STAMP] [--waive CODE]...</c>: verifies and publishes a package by hand.
/// </summary>
static class PublishCommand
{
    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("publish", voice);
        var (path, reason) = (syntax.Argument("PATH"), syntax.Reason());
        var corte = syntax.Option("--corte", "STAMP");
        // In which zone, the agent knows.
        corte.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && Packages.Corte.Read(text, TimeZoneInfo.Utc) is null)
                result.AddError(voice.Text("usage.no-stamp", ("found", text)));
        });
        var waive = syntax.OneOf(syntax.Options("--waive", "CODE"), PublishByHand.Waivable);
        return syntax.Command(
            parse => Run(
            parse, voice, parse.GetRequiredValue(path), parse.GetRequiredValue(reason),
            parse.GetValue(waive) ?? [], parse.GetValue(corte)), path, reason, corte, waive);
    }

    static ExitCode Run(ParseResult parse, CliOutput voice, string path, string reason, string[] waive, string? corte)
    {
        path = Path.GetFullPath(path);
        return Path.Exists(path) ? Operating.Ask(parse, voice, new PublishByHand(path, reason, waive, corte))
            : voice.Fail(ExitCode.Environment, "operator.no-path", ("path", path));
    }
}
