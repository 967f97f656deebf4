using System.Text.Json.Nodes;

namespace Difusor.Agent.Cli.Demo;

/// <summary>
/// Reads the daemon's journal as an auditor would: only the file, line by line, waiting for new lines.
/// </summary>
sealed class DemoJournal(DemoHost host)
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    long last;

    /// <summary>
    /// Returns the next record of one of these events; null if none comes in time or the daemon has ended.
    /// </summary>
    public JsonNode? Await(TimeSpan patience, params string[] events)
    {
        var deadline = DateTime.UtcNow + patience;
        do
        {
            foreach (var record in Records())
            {
                var seq = record["seq"]!.GetValue<long>();
                if (seq <= last) continue;
                last = seq;
                if (events.Contains(record["event"]!.GetValue<string>())) return record;
            }
            if (host.Ended) return null;
            Thread.Sleep(Look);
        }
        while (DateTime.UtcNow < deadline);
        return null;
    }

    public static DateTimeOffset At(JsonNode record) =>
        DateTimeOffset.Parse((record["at"] ?? record["system_at"])!.GetValue<string>(), CultureInfo.InvariantCulture);

    IEnumerable<JsonNode> Records()
    {
        var folder = host.At("estado/journal");
        if (!Directory.Exists(folder)) yield break;
        foreach (var file in Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var text = new StreamReader(stream).ReadToEnd();
            foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split(
                '\n', StringSplitOptions.RemoveEmptyEntries))
                yield return JsonNode.Parse(line)!;
        }
    }
}
