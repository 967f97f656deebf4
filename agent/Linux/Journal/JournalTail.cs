using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Journal;

/// <summary>
/// Where a journal continues: the last file, its length without a torn end, and the last record. What follows the last
/// whole record is moved to <c>NNNNNN.torn</c> beside it; the agent never guesses what it was. If the head mark names a
/// later record, or another record with the same number, the journal continues from the mark, so that the loss stays
/// visible in the chain for ever.
/// </summary>
sealed record JournalTail(string Name, long Length, long Seq, string Head, string? SetAside, string? Problem)
{
    const string FirstName = "000001" + JournalFolder.Extension;

    public static JournalTail Find(JournalFolder folder)
    {
        var files = folder.Files();
        if (files.Count == 0)
            return Marked(folder, new JournalTail(FirstName, 0, 0, JournalRecord.Genesis, null, null));
        var last = files[^1];
        var bytes = File.ReadAllBytes(last);
        var (length, record) = LastRecord(bytes);
        var setAside = length < bytes.Length ? PutAside(last, bytes.AsSpan(length)) : null;
        for (var earlier = files.Count - 2; record is null && earlier >= 0; earlier--)
            (_, record) = LastRecord(File.ReadAllBytes(files[earlier]));
        return Marked(
            folder, new JournalTail(
            Path.GetFileName(last), length, record?.Seq ?? 0, record?.Head ?? JournalRecord.Genesis, setAside,
            null));
    }

    static JournalTail Marked(JournalFolder folder, JournalTail tail)
    {
        if (folder.ReadHead() is not { } mark || mark.Seq < tail.Seq || mark == new HeadMark(tail.Seq, tail.Head))
            return tail;
        var problem = mark.Seq > tail.Seq
            ? string.Create(CultureInfo.InvariantCulture, $"records {tail.Seq + 1} to {mark.Seq} are gone")
            : string.Create(CultureInfo.InvariantCulture, $"record {mark.Seq} is not the one that was written");
        return tail with { Seq = mark.Seq, Head = mark.Head, Problem = problem };
    }

    /// <summary>
    /// Finds the last line that is a record, from the back; returns that record and the offset where its line ends.
    /// </summary>
    static (int Length, JournalRecord? Record) LastRecord(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.LastIndexOf((byte)'\n');
        while (end >= 0)
        {
            var before = bytes[..end].LastIndexOf((byte)'\n');
            if (RecordLine.Read(bytes[(before + 1)..end]) is { } record) return (end + 1, record);
            end = before;
        }
        return (0, null);
    }

    static string PutAside(string file, ReadOnlySpan<byte> torn)
    {
        var side = Path.ChangeExtension(file, ".torn");
        for (var copy = 2; File.Exists(side); copy++)
            side = Path.ChangeExtension(file, string.Create(CultureInfo.InvariantCulture, $".torn-{copy}"));
        using var stream = new FileStream(side, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = (UnixFileMode)Modes.PrivateFile,
        });
        stream.Write(torn);
        stream.Flush(flushToDisk: true);
        return side;
    }
}
