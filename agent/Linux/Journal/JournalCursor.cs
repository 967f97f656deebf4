using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Journal;

/// <summary>
/// Reads a journal onwards from a position while the agent goes on writing it, over its files; what has been read is
/// not read again.
/// </summary>
public sealed class JournalCursor(JournalFolder folder, long after) : IDisposable
{
    string? file;
    FileStream? stream;
    LineReader? lines;

    /// <summary>The last record given.</summary>
    public long Seq { get; private set; } = after;

    /// <summary>The next record; null where there is none yet.</summary>
    public JournalRecord? Next()
    {
        while (true)
        {
            if (lines is null && !OpenFirst()) return null;
            if (NextHere() is { } record) return record;
            var following = folder.Files().FirstOrDefault(other => string.CompareOrdinal(other, file) > 0);
            if (following is null) return null;
            // A file gets a successor only after its last line: what came between the read and the look is read now.
            if (NextHere() is { } late) return late;
            Open(following);
        }
    }

    public void Dispose() => stream?.Dispose();

    JournalRecord? NextHere()
    {
        while (lines!.Read())
        {
            if (RecordLine.Read(lines.Line) is not { } record || record.Seq <= Seq) continue;
            Seq = record.Seq;
            return record;
        }
        return null;
    }

    /// <summary>The last file that begins at or before the position: those before it are not read.</summary>
    bool OpenFirst()
    {
        var files = folder.Files();
        if (files.Count == 0) return false;
        var from = files.Count - 1;
        while (from > 0 && (JournalFolder.FirstSeq(files[from]) ?? long.MaxValue) > Seq + 1) from--;
        Open(files[from]);
        return true;
    }

    void Open(string next)
    {
        stream?.Dispose();
        file = next;
        stream = JournalFolder.Open(next);
        lines = new LineReader(stream, growing: true);
    }
}
