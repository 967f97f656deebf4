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

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>journal export</c>: writes the evidence bundle, a folder that is named like a package, so that <c>difusor-agent
/// verify</c> accepts it. Exit 1 if the journal's chain is broken; the bundle is made anyway, and says so.
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
        var night = NightSummary.Of(journal.Records());
        var target = Path.Combine(parent, NameOf(night, configured.Profile));
        if (Path.Exists(target)) return voice.Fail(ExitCode.Environment, "export.exists", ("folder", target));

        var bundle = new EvidenceBundle(target);
        var state = configured.Settings.Paths.State;
        bundle.CopyJournal(journal);
        var copied = new JournalFolder(Path.Combine(target, "journal"));
        var audit = JournalAudit.Of(copied.Files(), new Dictionary<long, Witness>(), copied.ReadHead());
        bundle.Write(
            "journal-verify.json",
            Text(JournalVerifyCommand.Describe(audit, audit.Problem, heads: null, audit.Problem is null, voice)));
        if (Directory.Exists(folders.Sealed))
            foreach (var file in Directory.GetFiles(folders.Sealed, "*.json").Order(StringComparer.Ordinal))
                bundle.Copy($"sealed/{Path.GetFileName(file)}", state, file);
        foreach (var (at, file) in folders.Verdicts.Index())
            bundle.Copy(string.Create(CultureInfo.InvariantCulture, $"verdicts/{at + 1:D4}.json"), state, file);
        bundle.Write("configuration.yaml", SettingsWriter.ShowYaml(configured.Settings, voice.Language));
        bundle.Write("versions.json", Text(Versions()));
        var report = CheckCommand.Look(configured);
        bundle.Write("check.json", Text(report.ToJson(voice.Language)));
        bundle.Write("check.html", ConformityPage.Write(report, voice.Language));
        bundle.Write("huellas.tsv", HuellasCommand.Lines(night));
        bundle.Write("index.html", new NightPage(night, configured.Profile, voice.Language).Write(
            JournalVerifyCommand.Answer(audit, voice), audit.Problem is null, CommandLine.Version));
        bundle.Seal();

        if (json)
            voice.Json(
                new JsonObject { ["folder"] = target, ["files"] = bundle.Files,
                ["journal"] = audit.Problem is null ? "whole" : "broken" });
        else
        {
            voice.Line(Printable.Line(JournalVerifyCommand.Answer(audit, voice)));
            voice.Say("export.done", ("folder", target), ("files", bundle.Files));
        }
        return audit.Problem is null ? ExitCode.Done : ExitCode.No;
    }

    /// <summary>
    /// Returns the name of the bundle: the time of the journal's last record in the election's time zone, as packages
    /// are named after their corte.
    /// </summary>
    static string NameOf(NightSummary night, ElectionProfile profile)
    {
        var at = TimeZoneInfo.ConvertTime(
            night.To ?? DateTimeOffset.UnixEpoch, TimeZoneInfo.FindSystemTimeZoneById(profile.TimeZone));
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
