using System.Diagnostics;
using Difusor.Agent.SystemTests.Harness;
using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests;

/// <summary>The published binary on a real pseudo terminal, and before a reader that has had enough.</summary>
public sealed class TerminalTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("difusor-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void ATerminalGetsWhatIsSaidAndNothingElse() => Assert.Matches(
        "^difusor-agent [0-9]+\\.[0-9]+\\.[0-9]+\r\n$",
        Bounded.Run("script", "-qec", $"env TERM=xterm '{Binary.Path}' --version", "/dev/null").Output);

    [Theory]
    [InlineData(Signum.SIGTERM), InlineData(Signum.SIGINT)]
    public void AViewThatIsEndedGivesTheTerminalBack(Signum signal)
    {
        // A shell that is not interactive would ignore SIGINT for what runs beside it; so the program takes its place.
        var command = $"env TERM=xterm sh -c 'echo $$; exec env --default-signal=INT {Binary.Path} status --watch "
            + $"--config {Configuration()}'";
        using var script = Process.Start(
            new ProcessStartInfo("script", ["-qefc", command, "/dev/null"])
            {
                RedirectStandardOutput = true, RedirectStandardInput = true,
            })!;
        var pid = int.Parse(Bounded.Line(script.StandardOutput, "the number of the process")!.Trim());
        var shown = Bounded.Line(script.StandardOutput, "the first line of the view");
        Assert.Contains("\e[?1049h", shown, StringComparison.Ordinal);
        Assert.Equal(0, Syscall.kill(pid, signal));
        var rest = Bounded.Result(script.StandardOutput.ReadToEndAsync(), "the end of the view");
        Assert.EndsWith("\e[?25h\e[?1049l", rest, StringComparison.Ordinal);
        Assert.Equal(128 + (int)signal, Bounded.Ended(script));
    }

    /// <summary>It went on for ever, for its output was dropped without a word.</summary>
    [Fact]
    public void AViewEndsWithItsReader()
    {
        var configuration = Configuration();
        File.WriteAllText(Path.Combine(folder, "run/status.json"), "{}");
        var (_, output, _) = Bounded.Run(
            "bash", "-c",
            $"'{Binary.Path}' status --watch --config '{configuration}' 2>/dev/null | true; echo ${{PIPESTATUS[0]}}");
        Assert.Equal("141\n", output);
    }

    string Configuration()
    {
        Directory.CreateDirectory(Path.Combine(folder, "run"));
        var file = Path.Combine(folder, "agent.yaml");
        File.WriteAllText(
            file,
            $"election: ieem-2021\npaths: {{drop: {folder}/entrega, receipts: {folder}/acuses, state: {folder}/estado, "
            + $"run: {folder}/run}}\n");
        return file;
    }
}
