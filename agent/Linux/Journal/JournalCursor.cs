using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Journal;

/// <summary>
/// Reads a journal forward from a position, across its files, while the agent goes on writing. Each record is read
/// once.
/// </summary>
public sealed class JournalCursor(JournalFolder folder, long after) : IDisposable
{
    string? file;
    FileStream? stream;
    LineReader? lines;

    /// <summary>Gets the number of the last record that was returned.</summary>
    public long Seq { get; private set; } = after;

    /// <summary>Returns the next record; null if there is none yet.</summary>
    public JournalRecord? Next()
    {
        while (true)
        {
            if (lines is null && !OpenFirst()) return null;
            if (NextHere() is { } record) return record;
            var following = folder.Files().FirstOrDefault(other => string.CompareOrdinal(other, file) > 0);
            if (following is null) return null;
            // A file gets a successor only after its last line, so read first what was written between the read and the
            // listing.
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

    /// <summary>
    /// Opens the last file that begins at or before the position, so that earlier files are not read.
    /// </summary>
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
