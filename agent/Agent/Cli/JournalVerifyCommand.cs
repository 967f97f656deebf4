using System.CommandLine;
using System.Text.Json.Nodes;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>journal verify</c>: whether the chain is intact (exit 0), or which line is the first that does not fit (exit 1).
/// </summary>
static class JournalVerifyCommand
{
    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("journal verify", voice);
        var from = syntax.Option("--from", "FILE");
        var syslog = syntax.Option("--syslog", "FILE");
        return syntax.Command(parse => Run(parse, voice, parse.GetValue(from), parse.GetValue(syslog)), from, syslog);
    }

    static ExitCode Run(ParseResult parse, CliOutput voice, string? from, string? syslog)
    {
        var code = ExitCode.Done;
        var where = from
            ?? (ConfigurationLoading.Folders(parse, voice, out code) is { } found
            ? JournalCommand.FolderOf(found.Paths) : null);
        if (where is null) return code;
        var onlyAPart = File.Exists(where);
        var folder = new JournalFolder(onlyAPart ? Path.GetDirectoryName(Path.GetFullPath(where))! : where);
        var files = onlyAPart
            ? [where,
            .. folder.Files()
            .Where(file => string.CompareOrdinal(Path.GetFileName(file), Path.GetFileName(where)) > 0)]
            : folder.Files();
        if (files.Count == 0) return voice.Fail(ExitCode.Environment, "journal.none", ("folder", where));

        SyslogHeads? heads = null;
        if (syslog is not null)
        {
            try { heads = ReadHeads(syslog, InstanceOf(parse, from)); }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return voice.Fail(
                    ExitCode.Environment, "journal.no-syslog", ("file", syslog), ("fault", fault.Message));
            }
        }
        var audit = JournalAudit.Of(
            files, heads?.Heads ?? new Dictionary<long, Witness>(), folder.ReadHead(), fromTheFirst: !onlyAPart);
        var problem = audit.Problem ?? heads?.Conflict;
        var agrees = problem is null && heads is not { Messages: 0 };
        if (parse.Json()) voice.Json(Describe(audit, problem, heads, agrees, voice));
        else Tell(audit, problem, heads, syslog, voice);
        return agrees ? ExitCode.Done : ExitCode.No;
    }

    /// <summary>
    /// Returns the instance whose journal it is; null where only the journal's place is named, which does not say it.
    /// </summary>
    static string? InstanceOf(ParseResult parse, string? from)
    {
        var (file, named) = parse.ConfigFile();
        return from is null || named ? Path.GetFileNameWithoutExtension(file) : null;
    }

    static SyslogHeads ReadHeads(string file, string? instance)
    {
        using var stream = JournalFolder.Open(file);
        return SyslogHeads.Read(new LineReader(stream), Path.GetFileName(file), instance);
    }

    static void Tell(JournalAudit audit, ChainProblem? problem, SyslogHeads? heads, string? syslog, CliOutput voice)
    {
        voice.Line(
            voice.Paint(
            problem is null ? Tone.Good : Tone.Bad,
            Printable.Line(Answer(audit with { Problem = problem }, voice))));
        if (heads?.Foreign is { } foreign) TellForeign(foreign, voice);
        if (problem is not null)
        {
            voice.Say("journal.chain-broken-next");
            return;
        }
        if (audit.FirstSeq > 1) voice.Say("journal.chain-part", ("first", audit.FirstSeq));
        if (audit.Torn) voice.Say("journal.chain-torn");
        if (!audit.IsEndProven) voice.Say("journal.chain-end-unproven", ("mark", HeadMark.FileName));
        if (heads is { Messages: 0 }) voice.Error(voice.Text("journal.syslog-empty", ("file", syslog)));
        else if (heads is not null) voice.Say("journal.syslog-agrees", ("messages", heads.Messages), ("file", syslog));
    }

    static void TellForeign(ForeignLines foreign, CliOutput voice) =>
        voice.Line(
            voice.Paint(
            Tone.Warning, voice.Text("journal.syslog-foreign", ("lines", foreign.Lines), ("first", foreign.First),
            ("accounts", string.Join(", ", foreign.Accounts)), ("agent", foreign.Agent))));

    /// <summary>Returns the answer as one sentence.</summary>
    internal static string Answer(JournalAudit audit, CliOutput voice) => audit switch
    {
        // Not one line is left that could be named.
        { Problem: { File.Length: 0 } problem } =>
            voice.Text("journal.chain-emptied", ("seq", problem.Seq), ("evidence", problem.Evidence)),
        { Problem: { } problem } => voice.Text(
            "journal.chain-broken", ("file", problem.File), ("line", problem.Line), ("seq", problem.Seq),
            ("problem", Sentence(problem, voice))),
        { Records: 0 } => voice.Text("journal.chain-empty"),
        _ => voice.Text(
            "journal.chain-holds", ("records", audit.Records), ("first", audit.FirstSeq), ("seq", audit.Seq),
            ("head", audit.Head)),
    };

    static string Sentence(ChainProblem problem, CliOutput voice)
    {
        (string, object?)[] values =
            [("seq", problem.Seq), ("evidence", problem.Evidence.Length > 0 ? problem.Evidence : problem.File)];
        return problem.Kind switch
        {
            ChainBreak.NotARecord => voice.Text("journal.break-not-a-record"),
            ChainBreak.Missing => voice.Text("journal.break-missing", values),
            ChainBreak.OutOfOrder => voice.Text("journal.break-out-of-order", values),
            ChainBreak.Altered => voice.Text("journal.break-altered", values),
            ChainBreak.FilesDisagree => voice.Text("journal.break-files-disagree", values),
            ChainBreak.CutTail => voice.Text("journal.break-cut-tail", values),
            ChainBreak.WitnessDiffers => voice.Text("journal.break-witness-differs", values),
            ChainBreak.WitnessesDiffer => voice.Text("journal.break-witnesses-differ", values),
        };
    }

    /// <summary>
    /// Returns one object: <c>verdict</c> whole or broken, what was followed, and the first line that does not fit.
    /// </summary>
    internal static JsonObject Describe(
        JournalAudit audit, ChainProblem? problem, SyslogHeads? heads, bool agrees, CliOutput voice) => new()
    {
        ["verdict"] = agrees ? "whole" : "broken",
        ["records"] = audit.Records, ["first_seq"] = audit.FirstSeq, ["seq"] = audit.Seq, ["head"] = audit.Head,
        ["torn_line"] = audit.Torn, ["end_proven"] = audit.IsEndProven,
        ["syslog"] = heads is null ? null : new JsonObject
        {
            ["messages"] = heads.Messages, ["records"] = heads.Heads.Count,
            ["foreign"] = heads.Foreign is not { } foreign ? null : new JsonObject
            {
                ["lines"] = foreign.Lines, ["first"] = foreign.First, ["agent_uid"] = foreign.Agent,
                ["uids"] = new JsonArray([.. foreign.Accounts.Select(uid => JsonValue.Create(uid))]),
            },
        },
        ["problem"] = problem is null ? null : new JsonObject
        {
            ["code"] = problem.Kind.ToString(), ["file"] = problem.File, ["line"] = problem.Line, ["seq"] = problem.Seq,
            ["evidence"] = problem.Evidence, ["message"] = Sentence(problem, voice),
        },
    };
}
