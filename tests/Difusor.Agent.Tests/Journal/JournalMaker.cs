using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.Tests.Journal;

/// <summary>A real journal of a few files in a real folder, and its bytes for tampering with.</summary>
sealed class JournalMaker : IDisposable
{
    public static readonly DateTimeOffset Opening = new(2021, 6, 7, 1, 0, 0, TimeSpan.Zero);
    readonly TemporaryFolder folder = new();

    /// <param name="records">How many are appended; a file holds about ten.</param>
    public JournalMaker(int records, long rotateAt = 4000)
    {
        using var journal = JournalFile.Open(Path, new JournalSizes(rotateAt));
        Append(journal, records);
    }

    public string Path => System.IO.Path.Combine(folder.Path, "journal");

    public JournalFolder Reader => new(Path);

    /// <summary>The last records, the oldest first.</summary>
    public IReadOnlyList<JournalRecord> Recent(int count) => [.. Reader.NewestFirst().Take(count).Reverse()];

    public string[] Files => [.. Reader.Files()];

    public static AgentEvent Published(long number) => EventShapes.Event(EventCode.CortePublished, new JsonObject
    {
        ["corte"]
        = "2021-06-06T20:20:00-05:00", ["release"] = $"20210606-2020-{number:0000}",
        ["package"] = $"PREP_MEX_{number}.zip", ["series"] = "PREP_MEX",
        ["files"] = 123, ["bytes"] = 45678, ["manifest_sha256"] = new string('a', 64), ["seconds"] = 0.25,
    });

    public static void Append(JournalFile journal, int records)
    {
        for (var i = 0; i < records; i++)
            journal.Append(Published(journal.Seq + 1), Opening.AddSeconds(i), Opening.AddSeconds(i + 0.1));
    }

    public JournalAudit Audit() => JournalAudit.Of(Reader.Files(), new Dictionary<long, Witness>(), Reader.ReadHead());

    public string[] Lines(int file) => File.ReadAllLines(Files[file]);

    public void Rewrite(int file, IEnumerable<string> lines) =>
        File.WriteAllText(Files[file], string.Concat(lines.Select(line => line + "\n")));

    public void Dispose() => folder.Dispose();
}
