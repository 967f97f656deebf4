using Difusor.Agent.Events;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Cli.Rehearsal;

/// <summary>Reads what the running agent adds to its journal, from now on.</summary>
sealed class JournalFollower
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    readonly string folder;
    string file;
    long position;

    /// <param name="folder">The journal's folder.</param>
    public JournalFollower(string folder)
    {
        this.folder = folder;
        file = Newest() ?? "";
        position = file.Length == 0 ? 0 : new FileInfo(file).Length;
    }

    /// <summary>
    /// Returns the next record whose event is the awaited one, and passes over all before it; null if none comes in
    /// time.
    /// </summary>
    public JournalRecord? Await(TimeSpan patience, Func<AgentEvent, bool> which)
    {
        var deadline = DateTime.UtcNow + patience;
        do
        {
            while (Next() is { } record)
                if (record.Happened is { } happened && which(happened)) return record;
            Thread.Sleep(Look);
        }
        while (DateTime.UtcNow < deadline);
        return null;
    }

    /// <summary>Returns the next whole record; null if there is none yet.</summary>
    JournalRecord? Next()
    {
        while (true)
        {
            if (Line() is { } line)
            {
                if (RecordLine.Read(line) is { } record) return record;
            }
            else if (Newest() is { } newest && newest != file) (file, position) = (newest, 0);
            else return null;
        }
    }

    /// <summary>Returns the next whole line of the file; null if there is none yet.</summary>
    byte[]? Line()
    {
        if (file.Length == 0) return null;
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = position;
        using var line = new MemoryStream();
        for (int read; (read = stream.ReadByte()) >= 0; line.WriteByte((byte)read))
            if (read == '\n')
            {
                position = stream.Position;
                return line.ToArray();
            }
        return null;
    }

    string? Newest() => Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).LastOrDefault();
}
