using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests;

/// <summary>
/// <c>check</c> of the published binary: in a real terminal of 80 columns, with NO_COLOR, into a pipe, and for somebody
/// who is not root.
/// </summary>
public sealed class CheckTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("difusor-test-").FullName;

    public CheckTests()
    {
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        File.WriteAllText(Configuration, $$"""
            election: ieem-2021
            paths: {drop: {{folder}}/entrega, receipts: {{folder}}/acuses, state: {{folder}}/estado, run: {{folder}}/run}
            clock: {servers: ["127.0.0.1:9", "127.0.0.2:9"]}
            syslog: {target: "unix:{{folder}}/log"}
            """);
    }

    [Theory]
    [InlineData("es"), InlineData("en")]
    public void ATerminalOf80ColumnsShowsItWholeAndInColours(string language)
    {
        var shown = OnATerminal(
            $"env -u NO_COLOR TERM=xterm '{Binary.Path}' check --config '{Configuration}' --language {language}");
        Assert.Contains("\e[1;31m", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Plain(shown).Split('\n'), line => line.Length > 80);
        // The terminal is left as it was found: nothing switches its keys to application mode.
        Assert.DoesNotContain("\e[?1h", shown, StringComparison.Ordinal);
        Assert.Contains(
            language == "es" ? "NO cumple:" : "NOT compliant", Regex.Replace(Plain(shown), @"\s+", " "),
            StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("NO_COLOR=1 TERM=xterm"), InlineData("-u NO_COLOR TERM=dumb")]
    public void WhereNoColoursAreWantedThereAreNone(string environment) =>
        Assert.DoesNotMatch(
            "\e\\[[0-9;]*m", OnATerminal($"env {environment} '{Binary.Path}' check --config '{Configuration}'"));

    [Fact]
    public void APipeGetsEachRowAsOneLineWithoutColours()
    {
        var (code, output, errors) = Binary.Run("check", "--config", Configuration, "--language", "es");
        Assert.Equal((1, ""), (code, errors));
        Assert.DoesNotContain('\e', output);
        Assert.Contains(
            output.Split('\n'), line =>
            line.StartsWith("II.1.e", StringComparison.Ordinal)
            && line.EndsWith($"Nadie recibe en unix:{folder}/log.", StringComparison.Ordinal));
    }

    [Fact]
    public void SomebodyWhoIsNotRootIsToldWhatHeCouldNotSee()
    {
        Directory.CreateDirectory(Path.Combine(folder, "estado"), (UnixFileMode)0b111_000_000);
        string[] command = [Binary.Path, "check", "--config", Configuration, "--language", "en", "--json"];
        if (Environment.UserName == "root")
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", .. command];
        var (code, output, _) = Bounded.Run(command[0], command[1..]);
        var report = JsonNode.Parse(output)!;
        Assert.Equal((1, false), (code, (bool)report["as_root"]!));
        if (Environment.UserName != "root") return;
        var hidden = report["rows"]!.AsArray()
            .Where(row => ((string)row!["found"]!).Contains("it needs root", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(hidden);
        // What it could not see it does not judge.
        Assert.All(hidden, row => Assert.Equal("by-hand", (string?)row!["state"]));
    }

    [Fact]
    public void APageThatCannotBeWrittenIsAFaultThatSaysWhatToDo()
    {
        var (code, _, errors) =
            Binary.Run("check", "--html", $"{folder}/nowhere/x.html", "--config", Configuration, "--language", "en");
        Assert.Equal(3, code);
        Assert.Matches(
            "^difusor-agent: .*/nowhere/x.html could not be written .*name another path with --html.\n$", errors);
        (code, _, _) = Binary.Run("check", "--html", $"{folder}/x.html", "--config", Configuration, "--language", "en");
        Assert.Equal(
            (1, true),
            (code, File.ReadAllText($"{folder}/x.html").StartsWith("<!DOCTYPE html>", StringComparison.Ordinal)));
    }

    string Configuration => Path.Combine(folder, "agent.yaml");

    /// <summary>Runs it on a pseudo terminal of 80 columns (script(1)).</summary>
    static string OnATerminal(string command) =>
        Bounded.Run("script", "-qec", $"stty cols 80 rows 24; {command}", "/dev/null").Output;

    static string Plain(string shown) =>
        Regex.Replace(shown.Replace("\r", "", StringComparison.Ordinal), "\e\\[[0-9;?]*[A-Za-z]", "");

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
