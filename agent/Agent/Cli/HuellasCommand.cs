using System.CommandLine;
using System.Text.Json.Nodes;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>huellas</c>: the huella del paquete of each published corte, one per line. Two difusores who compare them by
/// telephone know that they show the same bytes.
/// </summary>
static class HuellasCommand
{
    public static Command Create(CliOutput voice) => new CommandSyntax("huellas", voice).Command(parse =>
    {
        if (ConfigurationLoading.Folders(parse, voice, out var code) is not { } found) return code;
        var night = NightSummary.Of(new JournalFolder(JournalCommand.FolderOf(found.Paths)).Records());
        if (parse.Json())
        {
            foreach (var corte in night.Published)
                voice.Json(new JsonObject
                {
                    ["corte"]
                    = corte.Corte.ToString(), ["manifest_sha256"] = corte.Huella,
                    ["published_at"] = RecordLine.Time(corte.PublishedAt),
                    ["package"]
                    = corte.Package, ["files"] = corte.Files, ["bytes"] = corte.Bytes, ["rehearsal"] = corte.Rehearsal,
                });
            return ExitCode.Done;
        }
        if (night.Published.Count == 0) return voice.Fail(ExitCode.No, "huellas.none");
        foreach (var line in Lines(night).TrimEnd('\n').Split('\n')) voice.Line(line);
        return ExitCode.Done;
    });

    /// <summary>
    /// Returns <c>CORTE TAB HUELLA TAB FILES TAB BYTES</c> lines, in the order of publication; a rehearsal's ends with
    /// <c>TAB rehearsal</c>, because the public never got it.
    /// </summary>
    internal static string Lines(NightSummary night)
    {
        var lines = new StringBuilder();
        foreach (var corte in night.Published)
            lines.Append(CultureInfo.InvariantCulture, $"{corte.Corte}\t{corte.Huella}\t{corte.Files}\t{corte.Bytes}")
                .Append(corte.Rehearsal ? "\trehearsal\n" : "\n");
        return lines.ToString();
    }
}
