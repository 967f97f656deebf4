using System.Diagnostics;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Shipped;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.Tests.Cli;

/// <summary>The completions in the shells themselves, as somebody who presses TAB meets them.</summary>
public sealed class CompletionTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("difusor-agent st", "status"), InlineData("difusor-agent releases ac", "activate")]
    [InlineData("difusor-agent status --wa", "--watch"), InlineData("difusor-agent notify te", "test")]
    [InlineData("difusor-agent config show --language e", "en es"), InlineData("difusor-agent --json st", "status")]
    public void BashCompletesIt(string line, string expected)
    {
        var words = line.Split(' ');
        var script = $"""
            source '{folder.Write("difusor-agent.bash", Completions.Bash())}'
            COMP_WORDS=({string.Join(' ', words.Select(word => $"'{word}'"))}) COMP_CWORD={words.Length - 1}
            _difusor_agent
            printf '%s\n' "$COMPREPLY[@]"
            """.Replace("$COMPREPLY[@]", "${COMPREPLY[@]}");
        Completes(expected, Bounded.Run("bash", "--norc", "-c", script));
    }

    /// <summary>On Debian 12 each TAB brought a page of errors: test(1) and string(1) took words for options.</summary>
    [Theory]
    [InlineData("difusor-agent st", "status"), InlineData("difusor-agent releases ac", "activate")]
    [InlineData("difusor-agent status --wa", "--watch"), InlineData("difusor-agent notify te", "test")]
    [InlineData("difusor-agent config show --language ", "en es"), InlineData("difusor-agent --json st", "status")]
    public void FishCompletesIt(string line, string expected)
    {
        Assert.SkipUnless(BoundedProgram.OfHost().Find("fish") is not null, "needs fish (tests/need optional)");
        var file = folder.Write("difusor-agent.fish", Completions.Fish());
        var start = new ProcessStartInfo("fish", ["--no-config", "-c", $"source {file}; complete -C '{line}'"]);
        start.Environment["HOME"] = folder.Path;
        Completes(expected, Bounded.Run(start));
    }

    [Fact]
    public void ZshReadsIt()
    {
        Assert.SkipUnless(BoundedProgram.OfHost().Find("zsh") is not null, "needs zsh (tests/need optional)");
        var (code, _, errors) = Bounded.Run("zsh", "-fn", folder.Write("_difusor-agent", Completions.Zsh()));
        Assert.Equal((0, ""), (code, errors));
    }

    /// <summary>A completion of fish has its description after a tab.</summary>
    static void Completes(string expected, (int ExitCode, string Output, string Errors) answer)
    {
        Assert.Equal("", answer.Errors);
        Assert.Equal(
            expected.Split(' '),
            answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('\t')[0])
                .Order(StringComparer.Ordinal));
    }
}
