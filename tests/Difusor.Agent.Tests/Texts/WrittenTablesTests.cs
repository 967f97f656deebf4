using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Texts;

/// <summary>What small things are written as: times, sizes, durations, details, records in each form.</summary>
public sealed class WrittenTablesTests
{
    static readonly DateTimeOffset Now = new(2021, 6, 6, 20, 30, 0, TimeSpan.FromHours(-5));
    static readonly Language[] Languages = [Language.Es, Language.En];

    [Fact]
    public void TimesAreWrittenAsPeopleSayThem()
    {
        var text = new StringBuilder();
        double[] minutes =
            [-100_000, -2890, -1500, -1450, -60, -1, 0, 0.5, 1, 29, 59.99, 60, 61, 209, 1440, 3000, 90_000];
        foreach (var language in Languages)
            foreach (var at in minutes.Select(Now.AddMinutes))
                text.Append($"{language} {at:O}: {Times.Show(at, language)} | {Times.Date(at, language)} | ")
                    .Append($"{Times.ShowCorte(at, language)} | {Times.Near(at, Now, language)} | ")
                    .Append($"{Times.When(at, Now, language)} | {Times.OfWhich(at, Now, language)} | ")
                    .Append($"{Times.Until(at, Now, language)}\n");
        double[] seconds =
        [
            0, 0.0004, 0.001, 0.0125, 0.9994, 0.9996, 1, 9.95, 59, 59.96, 60, 61, 3599, 3600, 3660, 86_399, 86_400,
            90_061,
        ];
        foreach (var each in seconds)
            text.Append($"{Said(each)} s: {Times.Show(TimeSpan.FromSeconds(each))} | {Times.Seconds(each)} | ")
                .Append($"{Times.Milliseconds(TimeSpan.FromSeconds(each))}\n");
        long[] counts = [0, 1, 999, 1000, 1023, 1024, 1500, 999_949, 999_950, 1_000_000, 5_368_709_120, long.MaxValue];
        foreach (var each in counts)
            text.Append($"{each}: {Times.Count(each)} | {Times.Bytes(each)} | {Quantity.ShowSize(each)}\n");
        foreach (var hours in new[] { -5, -5.5, 0, 5.75 })
            text.Append($"{Said(hours)} h: {Times.Zone(TimeSpan.FromHours(hours))}\n");
        string[] quantities =
            ["1s", "90s", "60s", "5m", "2h", "1d", "500ms", "1", "s", "-1s", "1.5h", "999999999999d", "64MiB", "1KiB",
            "0B", "7GB", "8 MiB", "1kB"];
        foreach (var each in quantities)
            text.Append($"'{each}': {Quantity.ReadDuration(each)?.ToString("c")} | {Quantity.ReadSize(each)}\n");
        foreach (var each in new[] { 0, 1, 999, 1000, 60_000, 90_000, 3_600_000, 86_400_000 })
            text.Append($"{each} ms: {Quantity.Show(TimeSpan.FromMilliseconds(each))}\n");
        Golden.Holds("times.txt", text.ToString());

        static string Said(double number) => number.ToString(CultureInfo.InvariantCulture);
    }

    [Fact]
    public void EachDetailIsSaidInBothLanguages()
    {
        var text = new StringBuilder();
        foreach (var detail in Details.Read())
            text.Append($"{string.Join(',', detail.Names)} | {detail.Text.In(Language.Es)} | ")
                .Append($"{detail.Text.In(Language.En)}\n");
        foreach (var kind in Enum.GetValues<AlterationKind>())
            foreach (var (expected, found) in new[] { (true, true), (true, false), (false, true), (false, false) })
            {
                var alteration = new Alteration(
                    Root.Public, null, kind, "a.html", expected ? Digest.Sha256("a"u8) : null,
                    found ? Digest.Sha256("b"u8) : null, "as it was seen");
                text.Append($"{alteration.ToFinding()}\n");
            }
        Golden.Holds("details.txt", text.ToString());
    }

    [Fact]
    public void ATypingErrorIsGuessedOnlyWhereOneWordIsNear()
    {
        string[] known = ["status", "check", "clock", "journal", "releases", "a", "ab"];
        (string Word, string? Nearest)[] expected =
        [
            ("sttaus", "status"), ("statu", "status"), ("statuss", "status"), ("stxxus", "status"), ("sxxxus", null),
            ("clock", "clock"), ("chekc", "check"), ("clcok", "clock"), ("jurnal", "journal"), ("zzz", null),
            ("", null), (new string('s', 65), null), ("b", "a"), ("ba", "a"),
        ];
        Assert.Equal(
            expected.Select(each => $"{each.Word}: {each.Nearest}"),
            expected.Select(each => $"{each.Word}: {Spelling.Nearest(each.Word, known)}"));
    }

    [Theory]
    [InlineData("unix:/dev/log", "unix:/dev/log"), InlineData("unix:/", null), InlineData("unix:dev", null)]
    [InlineData("udp://h", "udp://h:514"), InlineData("tcp://h", "tcp://h:601"), InlineData("tls://h/", "tls://h:6514")]
    [InlineData("tls://h:1", "tls://h:1"), InlineData("tls://h:65535", "tls://h:65535")]
    [InlineData("tls://h:0", null), InlineData("tls://h:65536", null), InlineData("tls://h:", null)]
    [InlineData("tls://[::1]:7", "tls://[::1]:7"), InlineData("tls://[::1]", "tls://[::1]:6514")]
    [InlineData("tls://[h]", null), InlineData("tls://a b", null), InlineData("http://h", null)]
    public void ASyslogTargetIsReadAndWritten(string text, string? written) =>
        Assert.Equal(written, SyslogTarget.Read(text)?.ToString());

    [Fact]
    public void AnEventIsWrittenInEachFormOfSyslog()
    {
        var text = new StringBuilder();
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/Mexico_City");
        AgentEvent[] events =
        [
            new DeliverySeen("PREP\\ ñ \"x\" ]\n"), new GateOpened(Now, null, true, default),
            new TamperDetected("R", null, [new Finding("changed", "a.html", "b")], 1, "watch"),
            new StorageFailed("open", "/srv", "EACCES", null),
        ];
        foreach (var language in Languages)
            foreach (var host in new[] { "prep.example.mx", null })
            {
                var identity = new SyslogIdentity(16, host, 7, zone, "x@32473", language, host is null ? null : "ine");
                foreach (var happened in events)
                {
                    var record = RecordLine.Write(happened, 9, JournalRecord.Genesis, Now, Now.AddSeconds(2)).Record;
                    foreach (var form in new[] { Rfc5424.Format(record, identity), LocalSyslog.Format(record, identity),
                        JournaldEntry.Format(record, identity) })
                        text.Append(Encoding.UTF8.GetString(form).Replace("\0", "\\0", StringComparison.Ordinal))
                            .Append('\n');
                    foreach (var property in JournalLogEvent.Of(record, language).Properties
                        .Where(each => each.Key != "Record"))
                        text.Append($"  {property.Key}: {property.Value}\n");
                }
            }
        Golden.Holds("syslog.txt", text.ToString());
    }

    [Fact]
    public void AFileOfVariablesIsReadStrictly()
    {
        string[] files =
        [
            "A=b", "A=\"b c\"", "A='b'", "A=", "# x\n\nA=b\r\n", "=b", "1A=b", "A=\"b", "A=\"b\"c", "A=b\nA=c",
            "A B=c", "A=b\tc", "no", "_=1", "A=\"", new string('A', 128) + "=b", new string('A', 129) + "=b",
            string.Concat(Enumerable.Range(0, 256).Select(at => $"A{at}=b\n")),
            string.Concat(Enumerable.Range(0, 257).Select(at => $"A{at}=b\n")),
            "A=" + new string('b', (64 << 10) - 2), "A=" + new string('b', (64 << 10) - 1),
        ];
        var text = new StringBuilder();
        foreach (var file in files)
        {
            var reading = CommandEnvironment.Read(Encoding.UTF8.GetBytes(file), "x.env");
            text.Append(file.Length > 40 ? $"{file.Length} characters" : file.Replace("\n", "\\n")).Append(": ")
                .AppendJoin("; ", reading.Problems.Select(problem => problem.In(Language.En)))
                .AppendJoin("; ", reading.Value?.Variables.Take(2).Select(pair =>
                    $"{pair.Key}={pair.Value.Length} {(pair.Value.Length < 9 ? pair.Value : "")}") ?? []).Append('\n');
        }
        Golden.Holds("environment.txt", text.ToString());
    }
}
