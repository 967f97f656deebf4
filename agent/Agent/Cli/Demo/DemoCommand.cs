using System.CommandLine;
using System.Diagnostics;

namespace Difusor.Agent.Cli.Demo;

/// <summary>
/// <c>difusor-agent demo</c>: plays the whole story in a temporary folder, without root, with the real daemon. It
/// succeeds only if each step happened.
/// </summary>
static class DemoCommand
{
    static readonly TimeSpan OpensIn = TimeSpan.FromSeconds(6);

    public static Command Create(CliOutput voice) =>
        new CommandSyntax("demo", voice).Command(parse => Play(voice, parse.Json()));

    static ExitCode Play(CliOutput voice, bool json)
    {
        var watch = Stopwatch.StartNew();
        var (steps, failed) = (0, 0);
        using var host = new DemoHost(OpensIn, voice.Language);
        if (!json) voice.Say("demo.title", ("folder", host.Folder));
        foreach (var step in new DemoNight(host, voice.Language).Play())
        {
            steps++;
            if (!step.Happened) failed++;
            step.Show(voice, json);
        }
        if (failed > 0) return voice.Fail(ExitCode.No, "demo.failed", ("failed", failed), ("steps", steps));
        if (!json)
            voice.Say(
                "demo.done", ("steps", steps),
                ("seconds", watch.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)));
        return ExitCode.Done;
    }
}
