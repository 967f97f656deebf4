using Difusor.Agent.Cli;
using Difusor.Agent.Texts;

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
