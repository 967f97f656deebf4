using Difusor.Agent.Cli;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Cli;

/// <summary>Runs command lines in this process and hears what they say.</summary>
sealed class Hearing(Language language = Language.En)
{
    readonly StringWriter output = new(), errors = new();

    public string Output => output.ToString();
    public string Errors => errors.ToString();
    public CliOutput CliOutput => field ??= new CliOutput(output, errors, language, Surface.Plain);

    public ExitCode Run(params string[] arguments) => (ExitCode)CommandLine.Run(arguments, CliOutput);
}
