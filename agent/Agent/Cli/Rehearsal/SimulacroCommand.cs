using System.CommandLine;
using System.Diagnostics;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Rehearsal;
using Difusor.Agent.Setup;
using Mono.Unix.Native;

namespace Difusor.Agent.Cli.Rehearsal;

/// <summary>
/// <c>simulacro</c>: a rehearsal without the institute, on this very host: three made-up cortes go through the
/// institute's account, the drop, the running agent, its rehearsal root and Apache. It succeeds only if each step
/// happened.
/// </summary>
static class SimulacroCommand
{
    public static Command Create(CliOutput voice) =>
        new CommandSyntax("simulacro", voice).Command(parse => Run(parse, voice));

    static ExitCode Run(ParseResult parse, CliOutput voice)
    {
        if (ConfigurationLoading.Load(parse, voice, out var code) is not { } configured) return code;
        if (Syscall.geteuid() != 0) return voice.Fail(ExitCode.Environment, "simulacro.not-root");
        if (SetupInstance.Of(configured.File) is not { } instance)
            return voice.Fail(ExitCode.Usage, "setup.no-instance", ("path", configured.File));
        if (configured.Settings.Drop.Layout == DropLayout.Tree) return voice.Fail(ExitCode.No, "simulacro.tree");
        if (configured.Settings.Sentinel.Probes.FirstOrDefault(probe => probe.Url.UserInfo.Length > 0) is not { } probe)
            return voice.Fail(ExitCode.No, "simulacro.no-site");
        if (!File.Exists(Path.Combine(configured.Settings.Paths.Run, "status.json")))
            return voice.Fail(
                ExitCode.Environment, "status.not-running",
                ("file", Path.Combine(configured.Settings.Paths.Run, "status.json")));
        using var institute = InstituteStandIn.Open(instance.Account, out var problem);
        if (institute is null)
        {
            voice.Error(problem!.In(voice.Language));
            return ExitCode.Environment;
        }
        return Play(new RehearsalNight(configured, institute, probe.Url, voice), voice, parse.Json());
    }

    static ExitCode Play(RehearsalNight night, CliOutput voice, bool json)
    {
        var began = Stopwatch.GetTimestamp();
        var (steps, failed) = (0, 0);
        if (!json) voice.Say("simulacro.title", ("url", night.Url));
        try
        {
            foreach (var step in night.Play())
            {
                steps++;
                if (!step.Happened) failed++;
                step.Show(voice, json);
            }
        }
        finally
        {
            night.TakeAway();
        }
        if (failed > 0) return voice.Fail(ExitCode.No, "simulacro.failed", ("failed", failed), ("steps", steps));
        if (!json)
            voice.Say(
                "simulacro.done", ("steps", steps),
                ("seconds", Stopwatch.GetElapsedTime(began).TotalSeconds.ToString("0", CultureInfo.InvariantCulture)));
        return ExitCode.Done;
    }
}
