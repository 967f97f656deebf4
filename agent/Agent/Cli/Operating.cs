using System.CommandLine;
using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Control;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;
using Mono.Unix.Native;

namespace Difusor.Agent.Cli;

/// <summary>Sends an operator's command to the running agent and prints the answer.</summary>
static class Operating
{
    public static ExitCode Ask(ParseResult parse, CliOutput voice, OperatorCommand action)
    {
        // What is wrong with the file is the agent's answer to a reload.
        return ConfigurationLoading.Folders(parse, voice, out var code, isTold: action is not ReloadConfiguration)
            is { } found ? Ask(found.Paths.Run, parse.Json(), voice, action) : code;
    }

    internal static ExitCode Ask(string folder, bool json, CliOutput voice, OperatorCommand action)
    {
        try
        {
            if (ControlClient.Ask(folder, action) is not { } reply)
                return voice.Fail(ExitCode.Environment, "operator.no-answer");
            return json ? SayJson(reply, voice) : Say(reply, voice);
        }
        catch (SystemFault fault) when (fault.Errno is Errno.ENOENT or Errno.ECONNREFUSED)
        {
            return voice.Fail(ExitCode.Environment, "operator.not-running", ("socket", ControlSocket.PathIn(folder)));
        }
        catch (SystemFault fault) when (fault.Errno is Errno.EACCES or Errno.EPERM)
        {
            return voice.Fail(
                ExitCode.Environment, "operator.no-access", ("socket", ControlSocket.PathIn(folder)),
                ("group", ControlSocket.GroupName));
        }
    }

    static ExitCode Say(OperatorReply reply, CliOutput voice)
    {
        var text = Messages.Say(
            voice.Language, $"operator.{reply.Message}",
            [.. reply.Values.Select(value => (value.Key, (object?)InWords(value.Key, value.Value, voice)))]);
        if (reply.Outcome != OperatorOutcome.Done) voice.Error(text);
        else if (reply.Releases is { } releases) Draw(releases, voice);
        else voice.Line(Printable.Line(text));
        foreach (var (name, detail) in reply.Values)
            if (name.StartsWith(ReloadConfiguration.Warning, StringComparison.Ordinal))
                voice.Error(voice.Text("config.command-cannot", ("detail", detail)));
        foreach (var reason in reply.Reasons ?? []) voice.Error(Words(reason, voice));
        if (reply.ReasonsTotal > reply.Reasons?.Count)
            voice.Error(voice.Text("verify.more", ("count", Times.Count(reply.ReasonsTotal - reply.Reasons.Count))));
        var rejections = (reply.Reasons ?? []).Select(reason => (reason.Code, (string?)reason.Detail));
        foreach (var mend in ReasonCatalogue.Mends(voice.Language, rejections)) voice.Error(mend);
        if (reply.Outcome != OperatorOutcome.Done) TellTheWay(reply, voice);
        return CodeOf(reply);
    }

    static string Words(ReplyReason reason, CliOutput voice) => EventCatalogue.Words(
        voice.Language, "reasons", new JsonObject
        {
            ["code"] = reason.Code, ["path"] = reason.Path, ["detail"] = reason.Detail,
        });

    /// <summary>Says what would end the reason why something waits, and from when on it may be waived.</summary>
    static void TellTheWay(OperatorReply reply, CliOutput voice)
    {
        if (reply.Values.GetValueOrDefault("reason") is not { } reason) return;
        if (reply.Values.GetValueOrDefault("opens_at") is { } opens)
            voice.Error(voice.Text("operator.opens-at", ("opens", Hour(opens, voice))));
        if (ReasonCatalogue.MendOfHold(voice.Language, reason) is { } mend) voice.Error(mend);
        if (reply.Values.GetValueOrDefault("waivable") is not { } when) return;
        var from = reply.Values.GetValueOrDefault("waivable_from") ?? "";
        voice.Error(
            when == "now" ? voice.Text("operator.waive-now", ("code", reason))
                : voice.Text("operator.waive-later", ("code", reason), ("from", Hour(from, voice))));
    }

    /// <summary>Returns a value of an answer as people read it: codes have their words, and times their form.</summary>
    static string InWords(string name, string value, CliOutput voice) => name switch
    {
        "reason" => ReasonCatalogue.Say(value).In(voice.Language),
        "keep_until" or "given" or "own" or "first" or "last" => Hour(value, voice),
        _ => value,
    };

    static string Hour(string at, CliOutput voice) =>
        Packages.Corte.Read(at) is { } known ? Times.ShowCorte(known.At, voice.Language) : at;

    /// <summary>
    /// Prints the agent's answer as it came: <c>{"outcome", "message", "values", "releases", "reasons"}</c>.
    /// </summary>
    static ExitCode SayJson(OperatorReply reply, CliOutput voice)
    {
        voice.Json(JsonNode.Parse(reply.ToJson())!);
        return CodeOf(reply);
    }

    static ExitCode CodeOf(OperatorReply reply) => reply.Outcome switch
    {
        OperatorOutcome.Done => ExitCode.Done,
        OperatorOutcome.Refused when reply.Message == ReloadConfiguration.Rejected => ExitCode.Usage,
        OperatorOutcome.Refused => ExitCode.No,
        OperatorOutcome.Failed => ExitCode.Environment,
    };

    /// <summary>Prints a table of the stored releases, newest first.</summary>
    static void Draw(IReadOnlyList<StoredRelease> releases, CliOutput voice)
    {
        if (releases.Count == 0)
        {
            voice.Say("operator.none-stored");
            return;
        }
        voice.Table(
            [voice.Text("operator.corte"), voice.Text("operator.state"), voice.Text("operator.size"),
                voice.Text("operator.series"), voice.Text("operator.release")],
            releases.Select(release => (IReadOnlyList<Cell>)
            [
                new Packages.Corte(release.Corte).ToString(),
                new Cell(
                    State(release, voice),
                    release.State switch { "live" => Tone.Good, "held" => Tone.Warning, _ => Tone.Plain }),
                voice.Text(
                    "status.files", ("files", Times.Count(release.Files)), ("bytes", Times.Bytes(release.Bytes))),
                release.Series ?? "-",
                new Cell(release.Release, Tone.Quiet),
            ]));
    }

    static string State(StoredRelease release, CliOutput voice)
    {
        var state = voice.Text($"operator.state-{release.State}")
            + (release.Reason is { } reason ? $": {InWords("reason", reason, voice)}" : "");
        return release.Root == "rehearsal" ? $"{state}, {voice.Text("operator.rehearsal")}" : state;
    }
}
