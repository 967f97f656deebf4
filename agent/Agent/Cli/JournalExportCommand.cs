using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Publication;
using Difusor.Agent.Report;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>journal export</c>: writes the evidence bundle, a folder that proves itself with <c>sha256sum</c> and <c>jq</c>
/// alone. Exit 1 if the journal's chain is broken; the bundle is made anyway, and says so.
/// </summary>
static class JournalExportCommand
{
    static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("journal export", voice);
        var folder = syntax.Option("--out", "FOLDER");
        return syntax.Command(parse => ConfigurationLoading.LoadOrRunning(parse, voice, out var code) is { } configured
            ? Run(configured, Path.GetFullPath(parse.GetValue(folder) ?? "."), parse.Json(), voice) : code, folder);
    }

    static ExitCode Run(Configured configured, string parent, bool json, CliOutput voice)
    {
        var folders = new StoreFolders(configured.Settings.Paths.State);
        var journal = new JournalFolder(folders.Journal);
        if (journal.Files().Count == 0)
            return voice.Fail(ExitCode.Environment, "journal.none", ("folder", journal.Path));
        var target = Path.Combine(parent, NameOf(journal.NewestFirst().FirstOrDefault(), configured.Profile));
        if (Path.Exists(target)) return voice.Fail(ExitCode.Environment, "export.exists", ("folder", target));

        var bundle = new EvidenceBundle(target);
        var state = configured.Settings.Paths.State;
        bundle.CopyJournal(journal);
        // Only the copy is described: the agent may have gone on meanwhile, and then the list would contradict it.
        var copied = new JournalFolder(Path.Combine(target, "journal"));
        var night = ReportedNight.Of(copied.Records(), configured.Profile);
        var audit = JournalAudit.Of(copied.Files(), new Dictionary<long, Witness>(), copied.ReadHead());
        bundle.Write(
            "journal-verify.json",
            Text(JournalVerifyCommand.Describe(audit, audit.Problem, heads: null, audit.Problem is null, voice)));
        foreach (var file in folders.Records) CopyRecord(bundle, state, file);
        foreach (var (at, file) in folders.Verdicts.Index())
            bundle.Copy(string.Create(CultureInfo.InvariantCulture, $"verdicts/{at + 1:D4}.json"), state, file);
        var receipts = CopyReceipts(bundle, configured.Settings.Paths.Receipts);
        bundle.Write("configuration.yaml", SettingsWriter.ShowYaml(configured.Settings, voice.Language));
        bundle.Write("versions.json", Text(Versions()));
        var report = CheckCommand.Look(configured);
        bundle.Write("check.json", Text(report.ToJson(voice.Language)));
        bundle.Write("check.html", ConformityPage.Write(report, voice.Language));
        bundle.Write("huellas.tsv", HuellasCommand.Lines(night.Summary));
        var integrity = JournalVerifyCommand.Answer(audit, voice);
        bundle.Write(
            "index.html",
            new NightPage(night, voice.Language).Write(
                integrity, audit.Problem is null, CommandLine.Version, receipts));
        bundle.Write(
            "constancia.html",
            new ConstanciaPage(night, voice.Language).Write(
                Environment.MachineName, report.SiteName, CommandLine.Version,
                audit.Problem is null ? null : integrity, new JournalStatus(audit.Seq, audit.Head),
                bundle.SumOf("huellas.tsv")));
        bundle.Write("VERIFY.md", HtmlReport.Asset($"VERIFY-{voice.Language.Tag()}.md"));
        bundle.Write("verify.sh", HtmlReport.Asset("verify.sh"));
        bundle.Seal();

        if (json)
            voice.Json(
                new JsonObject { ["folder"] = target, ["files"] = bundle.Files,
                ["journal"] = audit.Problem is null ? "whole" : "broken" });
        else
        {
            voice.Line(Printable.Line(integrity));
            voice.Say("export.done", ("folder", target), ("files", bundle.Files));
        }
        return audit.Problem is null ? ExitCode.Done : ExitCode.No;
    }

    /// <summary>
    /// Copies the record of a release, and writes its list of files, whose SHA-256 is the huella that the journal has.
    /// </summary>
    static void CopyRecord(EvidenceBundle bundle, string state, string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var copy = $"sealed/{name}.json";
        bundle.Copy(copy, state, file);
        // The copy is read, not the original: that may be gone, or another one, by now.
        if (ReleaseId.Read(name) is { } id
            && RecordFormat.Read(File.ReadAllBytes(Path.Combine(bundle.Folder, copy))) is { } record)
            bundle.Write($"cortes/{id}.txt", HuellaList.Of(record.Files));
    }

    /// <summary>Copies the acuses. A sender has named them, so they get numbers.</summary>
    /// <returns>How many there are.</returns>
    static int CopyReceipts(EvidenceBundle bundle, string? folder)
    {
        List<string> files =
            [.. folder is null ? [] : Sorted(folder).Where(file => Path.GetFileName(file) != Receipts.LastName)];
        foreach (var (at, file) in files.Index())
            bundle.Copy(string.Create(CultureInfo.InvariantCulture, $"acuses/{at + 1:D4}.json"), folder!, file);
        return files.Count;
    }

    static IEnumerable<string> Sorted(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal) : [];

    /// <summary>
    /// Returns the name of the bundle: the time of the journal's last record in the election's time zone, as packages
    /// are named after their corte.
    /// </summary>
    static string NameOf(JournalRecord? last, ElectionProfile profile)
    {
        var at = TimeZoneInfo.ConvertTime(
            last?.BestTime ?? DateTimeOffset.UnixEpoch, ZoneAgreement.Zone(profile));
        var election = string.Concat(profile.Id.ToUpperInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return string.Create(CultureInfo.InvariantCulture, $"{at:yyyyMMdd_HHmm}_EVIDENCIA_{election}");
    }

    static string Text(JsonObject facts) => facts.ToJsonString(Readable) + "\n";

    static JsonObject Versions() => new()
    {
        ["difusor_agent"] = CommandLine.Version,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["kernel"] = Environment.OSVersion.Version.ToString(),
        ["os"] = File.Exists("/etc/os-release")
            ? File.ReadLines("/etc/os-release")
                .FirstOrDefault(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?[
                "PRETTY_NAME=".Length..].Trim('"') : null,
        ["architecture"] = RuntimeInformation.OSArchitecture.ToString(),
        ["host"] = Environment.MachineName,
    };
}
