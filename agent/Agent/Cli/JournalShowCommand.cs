using System.CommandLine;
using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;

namespace Difusor.Agent.Cli;

/// <summary><c>journal show</c>: prints the records as sentences for people, or as they are (<c>--json</c>).</summary>
static class JournalShowCommand
{
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(300);
    static readonly string[] LocalTimes =
        ["yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd"];

    sealed record Filter(
        IReadOnlyCollection<string> Events, Corte? Corte, ReleaseId? Release, DateTimeOffset? Since,
        DateTimeOffset? Until)
    {
        public bool Takes(JournalRecord record) =>
            (Events.Count == 0 || Events.Contains(record.Event))
            && (Corte is not { } corte || EventSubject.CorteOf(record.Happened) == corte)
            && (Release is not { } release || IsAbout(record, release))
            && !(record.BestTime < Since) && !(record.BestTime > Until);

        static bool IsAbout(JournalRecord record, ReleaseId release) =>
            record.Fields["release"] is JsonValue told && told.TryGetValue(out string? id) && id == release.Value;
    }

    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("journal show", voice);
        var events = syntax.OneOf(syntax.Options("--event", "CODE"), [.. EventCatalogue.All.Select(entry => entry.Id)]);
        Option<string> corte = syntax.Option("--corte", "CORTE"), since = syntax.Option("--since", "TIME"),
        until = syntax.Option("--until", "TIME"),
            last = syntax.Option("--last", "N");
        var follow = syntax.Flag("--follow");
        return syntax.Command(Run, events, corte, since, until, last, follow);

        ExitCode Run(ParseResult parse)
        {
            if (ConfigurationLoading.Folders(parse, voice, out var code) is not { } found) return code;
            var zone = found.Profile is { } election ? ZoneAgreement.Zone(election) : TimeZoneInfo.Local;
            Corte? wanted = null;
            ReleaseId? release = null;
            if (parse.GetValue(corte) is { } typed && (wanted = Corte.Read(typed)) is null
                && (release = ReleaseId.Read(typed)) is null)
                return voice.Fail(ExitCode.Usage, "journal.bad-corte", ("found", typed));
            if (!TryTime(since, out var from) || !TryTime(until, out var to)) return ExitCode.Usage;
            var count = 0;
            if (parse.GetValue(last) is { } number
                && !(int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0))
                return voice.Fail(ExitCode.Usage, "journal.bad-count", ("found", number));
            var folder = new JournalFolder(JournalCommand.FolderOf(found.Paths));
            if (folder.Files().Count == 0)
                return voice.Fail(ExitCode.Environment, "journal.none", ("folder", folder.Path));
            var filter = new Filter(parse.GetValue(events) ?? [], wanted, release, from, to);
            Show(folder, filter, count, parse.GetValue(follow),
                record => Print(record, zone, parse.Json(), voice));
            return ExitCode.Done;

            bool TryTime(Option<string> option, out DateTimeOffset? at)
            {
                at = parse.GetValue(option) is { } text ? ReadTime(text, zone) : null;
                if (at is null && parse.GetValue(option) is { } wrong)
                    voice.Error(voice.Text("journal.bad-time", ("option", option.Name), ("found", wrong)));
                return at is not null || parse.GetValue(option) is null;
            }
        }
    }

    static void Show(JournalFolder folder, Filter filter, int last, bool follow, Action<JournalRecord> print)
    {
        var shown = 0L;
        if (last > 0)
        {
            foreach (var record in folder.NewestFirst().Where(filter.Takes).Take(last).Reverse())
            {
                print(record);
                shown = record.Seq;
            }
            if (!follow) return;
        }
        using var cursor = new JournalCursor(folder, shown);
        while (true)
        {
            while (cursor.Next() is { } record)
                if (filter.Takes(record)) print(record);
            if (!follow) return;
            Thread.Sleep(BetweenLooks);
        }
    }

    static void Print(JournalRecord record, TimeZoneInfo zone, bool json, CliOutput voice)
    {
        if (json)
        {
            // A pipe gets exactly the bytes that the chain was made of.
            voice.Line(
                Encoding.UTF8.GetString(
                voice.Surface.OutputIsTerminal ? RecordLine.Shown(record) : RecordLine.Line(record)));
            return;
        }
        var at = TimeZoneInfo.ConvertTime(record.BestTime, zone)
            .ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture);
        var untrusted = record.At is null ? "~" : " ";
        var tone = record.Severity switch
        {
            <= Severity.Error => Tone.Bad,
            Severity.Warning => Tone.Warning,
            Severity.Notice => Tone.Strong,
            _ => Tone.Plain,
        };
        voice.Line(
            $"{record.Seq,6} {at}{untrusted} {voice.Paint(tone, record.Event.PadRight(18))} "
            + $"{EventCatalogue.Sentence(voice.Language, record.Event, record.Fields)}");
    }

    /// <summary>Reads an ISO 8601 time; without an offset it is the election's local time.</summary>
    static DateTimeOffset? ReadTime(string text, TimeZoneInfo zone)
    {
        if (Corte.Read(text) is { } exact) return exact.At;
        return DateTime.TryParseExact(
            text, LocalTimes, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? new DateTimeOffset(local, zone.GetUtcOffset(local)) : null;
    }
}
