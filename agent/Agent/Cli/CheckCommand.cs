using System.CommandLine;
using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Linux.Conformity;
using Difusor.Agent.Linux.Host;
using Mono.Unix.Native;

namespace Difusor.Agent.Cli;

/// <summary><c>check</c>: the convocatoria clause by clause. Exit 0 if nothing fails, 1 if something does.</summary>
static class CheckCommand
{
    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("check", voice);
        var html = syntax.OptionalValue("--html", "FILE");
        var form = syntax.Flag("--anexo1");
        return syntax.Command(parse =>
        {
            if (ConfigurationLoading.LoadOrRunning(parse, voice, out var code) is not { } configured) return code;
            var report = Look(configured);
            if (parse.GetValue(form)) Form(report, parse.Json(), voice);
            else if (parse.GetResult(html) is not null) return Page(report, parse.GetValue(html), voice);
            else if (parse.Json()) voice.Json(report.ToJson(voice.Language));
            else new CheckView(voice).Show(report);
            return report.Conforms ? ExitCode.Done : ExitCode.No;
        }, html, form);
    }

    /// <summary>Looks at this host now.</summary>
    internal static ConformityReport Look(Configured configured) => ConformityReport.Of(
        new HostReading("/", BoundedProgram.OfHost(), configured).Read(DateTimeOffset.UtcNow, askServers: true),
        configured, CommandLine.Version, Syscall.geteuid() == 0);

    /// <summary>Writes the page to a file and says so, or to standard output if no file is named.</summary>
    static ExitCode Page(ConformityReport report, string? file, CliOutput voice)
    {
        var page = ConformityPage.Write(report, voice.Language);
        if (file is null or "-") voice.Line(page.TrimEnd('\n'));
        else
        {
            try { File.WriteAllText(file, page); }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return voice.Fail(ExitCode.Environment, "check.not-written", ("file", file), ("fault", fault.Message));
            }
            voice.Say("check.written", ("file", Path.GetFullPath(file)));
            voice.Line(ConformityPage.Summary(report, voice.Language));
        }
        return report.Conforms ? ExitCode.Done : ExitCode.No;
    }

    static void Form(ConformityReport report, bool json, CliOutput voice)
    {
        var fields = Anexo1.Of(report, voice.Language);
        if (json)
        {
            voice.Json(
                new JsonObject([.. fields.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value))]));
            return;
        }
        foreach (var field in fields)
            voice.Line(
                $"{voice.Paint(Tone.Strong, field.Label + ":")} {field.Value ?? voice.Text("check.form-yours")}");
    }
}
