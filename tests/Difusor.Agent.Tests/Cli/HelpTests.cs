using Difusor.Agent.Cli;
using Difusor.Agent.Shipped;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Cli;

public class HelpTests
{
    [Theory, InlineData(Language.Es), InlineData(Language.En)]
    public void EveryCommandExplainsItselfWithAnExample(Language language)
    {
        foreach (var path in CommandTree.All(language).Select(HelpPage.PathOf))
        {
            var hearing = new Hearing(language);
            Assert.Equal(
                ExitCode.Done, hearing.Run([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));
            Assert.Contains(HelpText.Of(path).Does.In(language), hearing.Output);
            Assert.Contains(language == Language.Es ? "Ejemplos:" : "Examples:", hearing.Output);
            Assert.Empty(hearing.Errors);
        }
    }

    /// <summary>What only shows is tried for secrets.</summary>
    [Fact]
    public void EachCommandSaysWhetherItChangesAnything()
    {
        foreach (var command in CommandTree.All(Language.En))
            Assert.Equal(command.Subcommands.Count == 0, HelpText.Of(HelpPage.PathOf(command)).Changes is not null);
        Assert.InRange(ShownCommands.Lines.Count(), 20, 60);
    }

    [Fact]
    public void NoHelpIsWrittenForACommandThatIsNot() =>
        Assert.Equal(CommandTree.All(Language.En).Select(HelpPage.PathOf).Order(), HelpText.All.Keys.Order());

    [Fact]
    public void ExamplesAreCommandLinesThatHold()
    {
        foreach (var example in HelpText.All.Values.SelectMany(text => text.Examples).Select(example => example.Run))
            foreach (var line in example.Split("&&", StringSplitOptions.TrimEntries)
                .Where(line => line.StartsWith("difusor-agent ", StringComparison.Ordinal)))
            {
                var voice = new Hearing().CliOutput;
                var words = System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(line.Split('>', '|')[0])
                    .Skip(1).ToArray();
                Assert.Empty(UsageErrors.Of(CommandLine.Root(voice).Parse(words), voice));
            }
    }

    [Theory]
    [InlineData("", "a command is missing; one of: *"),
        InlineData("staus", "'staus' is not known; did you mean 'status'? See: difusor-agent --help")]
    [InlineData("status --wach", "'--wach' is not known; did you mean '--watch'? See: difusor-agent status --help"),
        InlineData("releases", "a command is missing; one of: list, activate, resume, remove.*")]
    [InlineData("withdraw", "the option --reason TEXT is missing.*"),
        InlineData("withdraw --reason", "the option --reason needs a value: --reason TEXT.*")]
    [InlineData("withdraw --reason a --reason b", "the option --reason is given once, with one value.*"),
        InlineData("withdraw --reason=", "the option --reason needs a value: --reason TEXT.*")]
    [InlineData("releases activate --reason x", "the argument CORTE is missing.*"),
        InlineData("releases activate today --reason x", "'today' is neither a corte nor a release;*")]
    [InlineData("publish /x --reason x --waive no-hash", "--waive: 'no-hash' is not valid; one of: uncovered-file,*"),
        InlineData("config show --language fr", "--language: 'fr' is not valid; one of: es, en.*")]
    [InlineData("publish /x --reason x --waive before-opening", "--waive: 'before-opening' is not valid;*"),
        InlineData("retry now", "'now' is not known.*")]
    public void AWrongCommandLineIsToldInOneLineAndEndsWith2(string line, string expected)
    {
        var hearing = new Hearing();
        Assert.Equal(ExitCode.Usage, hearing.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Empty(hearing.Output);
        Assert.Matches(
            "^difusor-agent: " + System.Text.RegularExpressions.Regex.Escape(expected).Replace("\\*", ".*") + "\n$",
            hearing.Errors);
    }
}
