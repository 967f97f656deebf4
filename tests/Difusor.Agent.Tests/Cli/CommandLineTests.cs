using Difusor.Agent.Cli;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Texts;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Cli;

public class CommandLineTests
{
    [Fact]
    public void HelpSpeaksSpanish()
    {
        var hearing = new Hearing(Language.Es);
        Assert.Equal(ExitCode.Done, hearing.Run("--help"));
        Assert.Contains("Uso:", hearing.Output);
        Assert.Contains("Opciones de todos los comandos:", hearing.Output);
        Assert.DoesNotContain("Usage", hearing.Output);
    }

    [Fact]
    public void HelpSpeaksEnglish()
    {
        var hearing = new Hearing();
        Assert.Equal(ExitCode.Done, hearing.Run("--help"));
        Assert.Contains("Usage:", hearing.Output);
        Assert.Contains("--config FILE", hearing.Output);
    }

    [Theory]
    [InlineData("verify", "--bogus", "package")]
    [InlineData("publish", "--reson", "package", "--reason", "prueba")]
    public void AnOptionThatNobodyKnowsIsNoPath(params string[] arguments)
    {
        var hearing = new Hearing();
        Assert.Equal(ExitCode.Usage, hearing.Run(arguments));
        Assert.Contains(arguments[1], hearing.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void TheVersionIsOneLine()
    {
        var hearing = new Hearing();
        Assert.Equal(ExitCode.Done, hearing.Run("--version"));
        Assert.Matches(@"^difusor-agent \d+\.\d+\.\d+\n$", hearing.Output);
    }

    /// <summary>Who has read enough, as head(1), ends the program without a word.</summary>
    [Fact]
    public void APipeThatClosesEarlyIsNoFault()
    {
        using var errors = new StringWriter();
        using var closed = new ClosedPipe();
        Assert.Equal(141, CommandLine.Run(["--help"], new CliOutput(closed, errors, Language.Es, Surface.Plain)));
        Assert.Empty(errors.ToString());
    }

    sealed class ClosedPipe : StringWriter
    {
        public override void Write(string? value) => throw new SystemFault("write", "standard output", Errno.EPIPE);
    }

    [Theory]
    [InlineData("es", null, "en_US.UTF-8", Language.Es)]
    [InlineData(null, Language.En, "es_MX.UTF-8", Language.En)]
    [InlineData(null, null, "en_US.UTF-8", Language.En)]
    [InlineData(null, null, "C.UTF-8", Language.Es)]
    [InlineData("fr", null, null, Language.Es)]
    public void TheLanguageIsTheOptionsThenTheFilesThenTheLocales(
        string? named, Language? configured, string? locale, Language expected) =>
        Assert.Equal(expected, LanguageChoice.Choose(named, configured, locale));
}
