using System.Text.Json.Nodes;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Sentinel;

/// <summary>What has happened since the agent started, counted from the journal's records: the metrics' counters.</summary>
public sealed class Tally
{
    readonly SortedDictionary<string, long> rejections = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, long> events = new(StringComparer.Ordinal);

    /// <summary>Rejections by reason; a package with two reasons counts under both.</summary>
    public IReadOnlyDictionary<string, long> Rejections => rejections;

    /// <summary>Events by MSGID.</summary>
    public IReadOnlyDictionary<string, long> Events => events;

    public long FilesVerified { get; private set; }

    /// <summary>From the last byte to the swap, of the last publication; null before the first.</summary>
    public double? PublicationSeconds { get; private set; }

    /// <summary>The last events, the newest last.</summary>
    public IReadOnlyCollection<JournalRecord> Last => last;

    /// <summary>The cortes of the night, the newest last: one line a package or publication.</summary>
    public IReadOnlyCollection<JournalRecord> Cortes => cortes;

    const int Remembered = 20, CortesRemembered = 60;
    readonly Queue<JournalRecord> last = new();
    readonly Queue<JournalRecord> cortes = new();

    public void Hear(JournalRecord record)
    {
        events[record.Event] = events.GetValueOrDefault(record.Event) + 1;
        Keep(last, record, Remembered);
        switch (record.Event)
        {
            case "PACKAGE_VERIFIED":
                FilesVerified += Number(record.Fields["files"]) is { } files ? (long)files : 0;
                Keep(cortes, record, CortesRemembered);
                break;
            case "PACKAGE_REJECTED":
                foreach (var code in (record.Fields["reasons"] as JsonArray ?? []).Select(reason => (string?)reason?["code"] ?? "").Distinct())
                    rejections[code] = rejections.GetValueOrDefault(code) + 1;
                Keep(cortes, record, CortesRemembered);
                break;
            case "CORTE_PUBLISHED":
                PublicationSeconds = Number(record.Fields["seconds"]) ?? PublicationSeconds;
                Keep(cortes, record, CortesRemembered);
                break;
            case "PACKAGE_HELD" or "PACKAGE_SUPERSEDED":
                Keep(cortes, record, CortesRemembered);
                break;
        }
    }

    public long Count(EventCode code) => events.GetValueOrDefault(code.Id());

    static void Keep(Queue<JournalRecord> queue, JournalRecord record, int most)
    {
        queue.Enqueue(record);
        if (queue.Count > most) queue.Dequeue();
    }

    static double? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? number
        : node is JsonValue whole && whole.TryGetValue<long>(out var integer) ? integer
        : node is JsonValue small && small.TryGetValue<int>(out var few) ? few : null;
}
