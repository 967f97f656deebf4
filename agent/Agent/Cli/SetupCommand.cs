using System.CommandLine;
using System.Text.Json.Nodes;
using Difusor.Agent.Linux.Setup;
using Difusor.Agent.Setup;
using Mono.Unix.Native;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>setup</c>: shows each change to Apache, sshd, rsyslog, firewall and agent.yaml before making it; <c>--undo</c>
/// takes the changes back.
/// </summary>
static class SetupCommand
{
    const int ShortestPassword = 12;

    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("setup", voice);
        var (site, addresses) = (syntax.Option("--site", "NAME"), syntax.Options("--institute-address", "ADDRESS"));
        var (keys, password) = (syntax.Option("--institute-key", "FILE"), syntax.Flag("--password"));
        var (certificate, key, election) =
            (syntax.Option("--certificate", "FILE"), syntax.Option("--key", "FILE"), syntax.Option("--election", "ID"));
        var (dryRun, undo) = (syntax.Flag("--dry-run"), syntax.Flag("--undo"));
        return syntax.Command(parse =>
        {
            var file = parse.ConfigFile().Path;
            if (SetupInstance.Of(file) is not { } instance)
                return voice.Fail(ExitCode.Usage, "setup.no-instance", ("path", file));
            var dry = parse.GetValue(dryRun);
            if (!dry && Syscall.geteuid() != 0) return voice.Fail(ExitCode.Environment, "setup.not-root");
            if (parse.GetValue(undo)) return Undo(parse, voice, instance, dry);
            if (parse.GetValue(site) is not { } name)
                return voice.Fail(ExitCode.Usage, "usage.missing-option", ("option", "--site NAME"));
            if (parse.GetValue(keys) is not null && parse.GetValue(password))
                return voice.Fail(ExitCode.Usage, "setup.key-or-password");
            var wish = new SetupWish(
                name, [.. (parse.GetValue(addresses) ?? [])
                    .SelectMany(
                    text => text.Split(
                    ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
                parse.GetValue(keys) is { } keyFile ? File.ReadAllText(keyFile) : null, parse.GetValue(password),
                Absolute(parse.GetValue(certificate)), Absolute(parse.GetValue(key)), parse.GetValue(election));
            return Set(parse, voice, instance, wish, dry);
        }, site, addresses, keys, password, certificate, key, election, dryRun, undo);
    }

    static string? Absolute(string? path) => path is null ? null : Path.GetFullPath(path);

    static ExitCode Set(ParseResult parse, CliOutput voice, SetupInstance instance, SetupWish wish, bool dry)
    {
        var host = HostSurvey.Of(instance, wish);
        if (SetupPlan.Problem(wish, instance, host) is { } problem)
        {
            voice.Error(problem.In(voice.Language));
            return ExitCode.Usage;
        }
        string? secret = null;
        if (wish.Password && !dry)
        {
            if (ReadPassword(voice, instance.Account) is not { } read)
                return voice.Fail(ExitCode.Usage, "setup.short-password", ("least", ShortestPassword));
            secret = $"{instance.Account}:{read}\n";
        }
        var code = Make(parse, voice, SetupPlan.Of(wish, instance, host), dry, secret);
        if (code != ExitCode.Done || parse.Json()) return code;
        if (host.Firewalld is null && host.Ufw is null)
            voice.Say("setup.no-firewall", ("port", host.SshPort), ("addresses", string.Join(", ", wish.Addresses)));
        if (!dry)
            voice.Say(
                "setup.tell-the-institute", ("site", wish.Site), ("port", host.SshPort), ("account", instance.Account));
        return code;
    }

    static ExitCode Undo(ParseResult parse, CliOutput voice, SetupInstance instance, bool dry)
    {
        var host = HostSurvey.Of(instance, null);
        var code = Make(parse, voice, UndoPlan.Of(instance, host), dry, null);
        if (code == ExitCode.Done && host.Published && !parse.Json())
            voice.Say("setup.site-stays", ("config", instance.Config));
        return code;
    }

    static ExitCode Make(ParseResult parse, CliOutput voice, IReadOnlyList<Stage> stages, bool dry, string? secret)
    {
        if (stages.Count == 0 && !parse.Json()) voice.Say("setup.nothing");
        var maker = new ChangeMaker(secret);
        foreach (var stage in stages)
        {
            Show(parse, voice, stage);
            if (dry) continue;
            if (maker.Make(stage) is { } failure)
                return voice.Fail(
                    ExitCode.Environment, "setup.taken-back", ("stage", voice.Text($"setup.stage-{stage.Name}")),
                    ("command", Line(failure.Command)), ("said", failure.Said.Replace('\n', ' ')));
        }
        if (stages.Count > 0 && !parse.Json()) voice.Say(dry ? "setup.dry" : "setup.done");
        return ExitCode.Done;
    }

    static void Show(ParseResult parse, CliOutput voice, Stage stage)
    {
        if (parse.Json())
        {
            voice.Json(
                new JsonObject { ["stage"] = stage.Name,
                ["changes"] = new JsonArray([.. stage.Changes.Select(Describe)]) });
            return;
        }
        voice.Line(voice.Paint(Tone.Strong, voice.Text($"setup.stage-{stage.Name}")));
        foreach (var change in stage.Changes)
            if (change is FileChange file) ShowFile(voice, file);
            else if (change is CommandChange command)
                voice.Line("$ " + Line(command.Run) + (command.Secret ? "  # ***" : ""));
        foreach (var proof in stage.Proofs) voice.Line(voice.Paint(Tone.Quiet, $"? {Line(proof.Run)}"));
        foreach (var reload in stage.Reloads) voice.Line(voice.Paint(Tone.Quiet, $"$ {Line(reload)}"));
        voice.Line();
    }

    static void ShowFile(CliOutput voice, FileChange file)
    {
        voice.Line($"--- {(file.Before is null ? "/dev/null" : file.Path)}");
        voice.Line($"+++ {(file.After is null ? "/dev/null" : file.Path)}");
        foreach (var line in LineDifference.Between(file.Before, file.After))
            voice.Line(voice.Paint(line[0] switch { '+' => Tone.Good, '-' => Tone.Bad, _ => Tone.Quiet }, line));
    }

    static JsonNode Describe(Change change) => change switch
    {
        FileChange file => new JsonObject { ["path"] = file.Path, ["before"] = file.Before, ["after"] = file.After },
        CommandChange command =>
            new JsonObject { ["run"] = new JsonArray([.. command.Run.Select(word => (JsonNode)word)]) },
        _ => new JsonObject(),
    };

    static string Line(IReadOnlyList<string> command) =>
        string.Join(' ', command.Select(word => word.Any(c => c is ' ' or '"') ? $"'{word}'" : word));

    /// <summary>
    /// Reads the password: from a terminal, hidden and twice; from a pipe, the first line. Returns null if it is too
    /// short, has control characters, or the two differ.
    /// </summary>
    static string? ReadPassword(CliOutput voice, string account)
    {
        if (Console.IsInputRedirected) return Checked(Console.In.ReadLine());
        var first = Unseen(voice.Text("setup.password", ("account", account)));
        return first == Unseen(voice.Text("setup.password-again")) ? Checked(first) : null;

        string Unseen(string prompt)
        {
            voice.Line(prompt);
            var typed = new StringBuilder();
            while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
                if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
                else typed.Append(key.KeyChar);
            return typed.ToString();
        }

        static string? Checked(string? text) =>
            text is { Length: >= ShortestPassword } && !text.Any(char.IsControl) ? text : null;
    }
}
