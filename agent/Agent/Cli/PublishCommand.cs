using System.CommandLine;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Cli;

/// <summary><c>publish PATH --reason TEXT [--waive CODE]...</c>: verifies and publishes a package by hand.</summary>
static class PublishCommand
{
    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("publish", voice);
        var (path, reason) = (syntax.Argument("PATH"), syntax.Reason());
        var waive = syntax.OneOf(syntax.Options("--waive", "CODE"), PublishByHand.Waivable);
        return syntax.Command(
            parse => Run(
            parse, voice, parse.GetRequiredValue(path), parse.GetRequiredValue(reason),
            parse.GetValue(waive) ?? []), path, reason, waive);
    }

    static ExitCode Run(ParseResult parse, CliOutput voice, string path, string reason, string[] waive)
    {
        path = Path.GetFullPath(path);
        return Path.Exists(path) ? Operating.Ask(parse, voice, new PublishByHand(path, reason, waive))
            : voice.Fail(ExitCode.Environment, "operator.no-path", ("path", path));
    }
}
