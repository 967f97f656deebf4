using System.CommandLine;
using System.Runtime.InteropServices;
using Difusor.Agent.Linux.Conformity;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Setup;
using Difusor.Agent.Setup;
using Mono.Unix.Native;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>setup</c>: shows each change to Apache, sshd, rsyslog, firewall and agent.yaml, asks once, and makes them;
/// <c>--undo</c> takes the changes back.
/// </summary>
static class SetupCommand
{
    const int ShortestPassword = 12;

    /// <summary>What the operator wants done with the changes.</summary>
    /// <param name="Dry">Only show them.</param>
    /// <param name="Yes">Do not ask.</param>
    readonly record struct Manner(bool Dry, bool Yes, bool Json);

    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("setup", voice);
        var (site, addresses) = (syntax.Option("--site", "NAME"), syntax.Options("--institute-address", "ADDRESS"));
        var (keys, password, noPush) =
            (syntax.Option("--institute-key", "FILE"), syntax.Flag("--password"), syntax.Flag("--no-push"));
        var (certificate, key, election) =
            (syntax.Option("--certificate", "FILE"), syntax.Option("--key", "FILE"), syntax.Option("--election", "ID"));
        var (dryRun, undo, yes) = (syntax.Flag("--dry-run"), syntax.Flag("--undo"), syntax.Flag("--yes"));
        return syntax.Command(parse =>
        {
            var file = parse.ConfigFile().Path;
            if (SetupInstance.Of(file) is not { } instance)
                return voice.Fail(ExitCode.Usage, "setup.no-instance", ("path", file));
            var manner = new Manner(parse.GetValue(dryRun), parse.GetValue(yes), parse.Json());
            if (!manner.Dry && Syscall.geteuid() != 0) return voice.Fail(ExitCode.Environment, "setup.not-root");
            if (parse.GetValue(undo)) return Undo(voice, instance, manner);
            var former = HostSurvey.Former(instance);
            if ((parse.GetValue(site) ?? former.Site) is not { } name)
                return voice.Fail(ExitCode.Usage, "usage.missing-option", ("option", "--site NAME"));
            if (parse.GetValue(keys) is not null && parse.GetValue(password))
                return voice.Fail(ExitCode.Usage, "setup.key-or-password");
            var given = (parse.GetValue(addresses) ?? []).SelectMany(
                text => text.Split(
                    ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
            var wish = new SetupWish(
                name, given.Count > 0 ? given : former.Addresses,
                parse.GetValue(keys) is { } keyFile ? File.ReadAllText(keyFile) : null, parse.GetValue(password),
                Absolute(parse.GetValue(certificate)), Absolute(parse.GetValue(key)), parse.GetValue(election),
                parse.GetValue(noPush));
            return Set(voice, instance, wish, manner);
        }, site, addresses, keys, password, noPush, certificate, key, election, dryRun, yes, undo);
    }

    static string? Absolute(string? path) => path is null ? null : Path.GetFullPath(path);

    static ExitCode Set(CliOutput voice, SetupInstance instance, SetupWish wish, Manner manner)
    {
        var host = HostSurvey.Of(instance, wish);
        if (SetupPlan.Problem(wish, instance, host) is { } problem)
        {
            voice.Error(problem.In(voice.Language));
            return ExitCode.Usage;
        }
        var plan = SetupPlan.Of(wish, instance, host);
        var problems = SetupPlan.ProblemsOf(plan, instance).ToList();
        foreach (var wrong in problems) voice.Problem(wrong.In(voice.Language));
        if (problems.Count > 0) return ExitCode.Usage;
        var code = Make(voice, plan, manner, "setup.done", wish.Password ? instance.Account : null);
        if (code != ExitCode.Done || manner.Json) return code;
        if (wish.NoPush)
        {
            voice.Say("setup.fetch", ("account", instance.Account));
            return code;
        }
        if (host.Firewalld is null && host.Ufw is null)
            voice.Say("setup.no-firewall", ("port", host.SshPort), ("addresses", string.Join(", ", wish.Addresses)));
        if (manner.Dry) return code;
        var ssh = SshReading.OfHost();
        voice.Say(
            "setup.tell-the-institute", ("site", wish.Site),
            ("port", ssh is { Ports: [var port, ..] } ? $"{port}" : host.SshPort), ("account", instance.Account));
        foreach (var key in ssh?.HostKeys ?? []) voice.Say("setup.host-key", ("key", key));
        return code;
    }

    static ExitCode Undo(CliOutput voice, SetupInstance instance, Manner manner)
    {
        var host = HostSurvey.Of(instance, null);
        var plan = UndoPlan.Of(instance, host);
        var code = Make(voice, plan, manner, "setup.undone", null);
        if (code != ExitCode.Done || manner.Json) return code;
        if (host.Published) voice.Say("setup.site-stays", ("config", instance.Config));
        if (!manner.Dry && UndoPlan.Saves(plan, instance)) voice.Say("setup.saved", ("path", instance.Saved));
        return code;
    }

    /// <summary>Shows the changes and, unless that is all that is wanted, asks once and makes them.</summary>
    /// <param name="done">What is said at the end, a key of messages.json.</param>
    /// <param name="account">The account that gets a password; null if none does.</param>
    static ExitCode Make(CliOutput voice, IReadOnlyList<Stage> stages, Manner manner, string done, string? account)
    {
        if (stages.Count == 0)
        {
            if (!manner.Json) voice.Say("setup.nothing");
            return ExitCode.Done;
        }
        var view = new SetupView(voice, stages);
        if (manner.Json) view.Json();
        else if (manner.Dry) view.Whole();
        else view.Short();
        if (manner.Dry)
        {
            if (!manner.Json) voice.Say("setup.dry");
            return ExitCode.Done;
        }
        if (ChangeMaker.Ready(stages) is { } before)
            return voice.Fail(
                ExitCode.Environment, "setup.not-ready", ("command", SetupView.Line(before.Command)),
                ("said", before.Said.Replace('\n', ' ')));
        if (!manner.Yes && Refused(voice, view, manner) is { } refused) return refused;
        string? secret = null;
        if (account is not null)
        {
            if (ReadPassword(voice, account) is not { } read)
                return voice.Fail(ExitCode.Usage, "setup.short-password", ("least", ShortestPassword));
            secret = $"{account}:{read}\n";
        }
        var maker = new ChangeMaker(secret);
        foreach (var stage in stages)
            if (maker.Make(stage) is { } failure)
                return failure.Command is ["test", "-S", var socket]
                    ? voice.Fail(ExitCode.Environment, "setup.no-socket", ("path", socket))
                    : voice.Fail(
                    ExitCode.Environment, "setup.taken-back", ("stage", voice.Text($"setup.stage-{stage.Name}")),
                    ("command", SetupView.Line(failure.Command)), ("said", failure.Said.Replace('\n', ' ')));
        if (!manner.Json) voice.Line(voice.Text(done));
        return ExitCode.Done;
    }

    /// <summary>
    /// Asks whether to make what was shown, and shows it whole to whoever wants that first. Nobody can answer on a
    /// pipe, so there it takes <c>--yes</c>.
    /// </summary>
    /// <returns>The exit code where it is not to be done; null if it is.</returns>
    static ExitCode? Refused(CliOutput voice, SetupView view, Manner manner)
    {
        if (manner.Json || !voice.Surface.OutputIsTerminal || Console.IsInputRedirected)
            return voice.Fail(ExitCode.Usage, "setup.needs-yes");
        while (true)
        {
            voice.Say("setup.ask");
            var answer = Console.In.ReadLine()?.Trim().ToLowerInvariant();
            if (answer is "s" or "si" or "s\u00ed" or "y" or "yes") return null;
            if (answer is not ("v" or "d")) return voice.Fail(ExitCode.No, "setup.not-made");
            view.Whole();
        }
    }

    /// <summary>
    /// Reads the password: from a terminal, hidden and twice; from a pipe, the first line. Returns null if it is too
    /// short, has control characters, or the two differ.
    /// </summary>
    static string? ReadPassword(CliOutput voice, string account)
    {
        if (Console.IsInputRedirected) return Checked(Console.In.ReadLine());
        var first = Unseen(voice.Text("setup.password", ("account", account)));
        return first == Unseen(voice.Text("setup.password-again")) ? Checked(first) : null;

        static string? Unseen(string prompt) => Marshal.PtrToStringUTF8(Native.getpass(prompt));

        static string? Checked(string? text) =>
            text is { Length: >= ShortestPassword } && !text.Any(char.IsControl) ? text : null;
    }
}
