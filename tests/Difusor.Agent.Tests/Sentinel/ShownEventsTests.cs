using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Report;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Sentinel;

/// <summary>What others are told of an event: the notice, the page and the metrics, key by key.</summary>
public sealed class ShownEventsTests
{
    static readonly DateTimeOffset Opens = FullStatus.Opens;
    static readonly Corte Corte = new(Opens);

    static JournalRecord RecordOf(AgentEvent happened) =>
        RecordLine.Write(happened, 3, JournalRecord.Genesis, Opens, Opens).Record;

    [Theory]
    [InlineData(Language.Es), InlineData(Language.En)]
    public void ANoticeIsAsItWasReadLast(Language language)
    {
        var text = new StringBuilder();
        var condition = Condition.Well;
        AgentEvent[] events =
        [
            new ProbeFailed("https://prep.example.mx/", null, "timed out"),
            new ProbeRecovered("https://prep.example.mx/", 60),
            new TamperDetected(
                ReleaseId.For(Corte, 1).Value, null, [Finding.Of(ReasonCode.NoHtml, "a", "b")], 1, "watch"),
        ];
        foreach (var happened in events.Select(RecordOf))
        {
            (var changes, condition) = condition.Hear(happened);
            foreach (var change in changes)
                text.Append(NoticeText.Of(change, happened, language)).Append('\n');
        }
        text.Append(NoticeText.Test("ana (1000)", Opens, language)).Append('\n');
        Golden.Holds($"notices-{language}.txt", text.ToString());
    }

    [Theory]
    [InlineData(0, 0), InlineData(19, 19), InlineData(20, 20), InlineData(21, 20), InlineData(500, 20)]
    public void OfALongListANoticeHasTheFirstTwenty(int count, int shown)
    {
        var list = new JsonArray([.. Enumerable.Range(0, count).Select(number => (JsonNode)number)]);
        var few = NoticeText.Shortened(new JsonObject { ["files"] = list })["files"]!.AsArray();
        Assert.Equal(Enumerable.Range(0, shown), few.Select(item => (int)item!));
    }

    /// <summary>Only of what readers have already does the page show sizes and digests.</summary>
    [Fact]
    public void ThePageSaysNoSizeAndNoDigestOfWhatIsNotPublished()
    {
        EventCode[] published =
        [
            EventCode.CortePublished, EventCode.CorteNotShown, EventCode.TamperDetected, EventCode.TamperHealed,
            EventCode.HealFailed, EventCode.ProbeMismatch, EventCode.ProbeStale, EventCode.ProbeFailed,
            EventCode.ProbeRecovered,
        ];
        var huella = new string('a', 64);
        var (wording, told) = (new Wording(Language.En, Opens), new List<EventCode>());
        foreach (var entry in EventCatalogue.All)
        {
            var fields = new JsonObject();
            foreach (var field in entry.Fields)
                fields[field.Name] = field.Type switch
                {
                    "number" => field.Name == "bytes" ? 987_654 : 3, "boolean" => true,
                    "strings" => new JsonArray(huella),
                    "findings" => new JsonArray(
                        new JsonObject { ["code"] = "digest-mismatch", ["path"] = "a", ["detail"] = huella }),
                    _ => huella,
                };
            var record = new JournalRecord(
                1, null, Opens, entry.Id, fields, JournalRecord.Genesis, "");
            var shown = PageWords.Of(wording, record);
            if (published.Contains(entry.Code))
                Assert.Equal(EventCatalogue.Sentence(Language.En, entry.Id, wording.Near(fields)), shown);
            else Assert.DoesNotContain(huella, shown, StringComparison.Ordinal);
            if (shown.Contains(huella, StringComparison.Ordinal)) told.Add(entry.Code);
            if (!published.Contains(entry.Code) && fields.ContainsKey("bytes"))
                Assert.DoesNotContain("987654", shown, StringComparison.Ordinal);
        }
        Assert.Contains(EventCode.CortePublished, told);
    }

    [Fact]
    public void TheLastPublicationsSecondsAreAMetric()
    {
        var tally = new Tally();
        tally.Hear(RecordOf(new CortePublished(
            Corte, ReleaseId.For(Corte, 1), "P", null, 2, 10, "ab", 1.5, Root.Public, null)));
        var text = MetricsText.Of(FullStatus.Bare, tally, new WatchMeasures(
            null, null, null, 0, 0, null, 0, 0, 0, false, new Dictionary<string, bool>()));
        Assert.Contains(
            "\n# HELP difusor_agent_last_publication_latency_seconds From the last byte of the package to the swap, of "
            + "the last publication.\n# TYPE difusor_agent_last_publication_latency_seconds gauge\n"
            + "difusor_agent_last_publication_latency_seconds{election=\"ieem-2021\",agent=\"agent\"} 1.5\n",
            text, StringComparison.Ordinal);
    }
}
