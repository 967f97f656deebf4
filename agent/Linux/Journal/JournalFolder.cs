using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Journal;

/// <summary>
/// Reads a journal (<c>*.jsonl</c> in the order of their names), also while the agent writes it. Opens files read-only
/// and needs no lock.
/// </summary>
public sealed class JournalFolder(string path)
{
    public const string Extension = ".jsonl";

    public string Path { get; } = path;

    /// <summary>
    /// Returns the name of the file after this one: the next number. A name that is not the agent's (somebody put it
    /// there, and it sorts last) gets a successor that sorts after it.
    /// </summary>
    public static string After(string name)
    {
        var stem = name.EndsWith(Extension, StringComparison.Ordinal) ? name[..^Extension.Length] : name;
        return stem.Length == 6 && int.TryParse(stem, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < 999_999
            ? (number + 1).ToString("D6", CultureInfo.InvariantCulture) + Extension : stem + "0" + Extension;
    }

    /// <summary>Returns the full paths in reading order; empty if there is no folder yet.</summary>
    public IReadOnlyList<string> Files()
    {
        if (!Directory.Exists(Path)) return [];
        var files = Directory.GetFiles(Path, "*" + Extension);
        Array.Sort(files, string.CompareOrdinal);
        return files;
    }

    /// <summary>
    /// Returns all records, the oldest first. Skips a line that is not a record, because <c>journal verify</c> is the
    /// one to judge it.
    /// </summary>
    public IEnumerable<JournalRecord> Records() => Files().SelectMany(RecordsOf);

    /// <summary>Returns all records, the newest first, with one file in memory at a time.</summary>
    public IEnumerable<JournalRecord> NewestFirst() => Files().Reverse().SelectMany(file => RecordsOf(file).Reverse());

    /// <summary>
    /// Reads the last record that the agent knew to be on disk, from a small file beside the journal; null if there is
    /// none.
    /// </summary>
    public HeadMark? ReadHead()
    {
        var file = System.IO.Path.Combine(Path, HeadMark.FileName);
        return File.Exists(file) ? HeadMark.Read(File.ReadAllText(file)) : null;
    }

    /// <summary>Opens a file for reading while it may be written.</summary>
    public static FileStream Open(string file) =>
        new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1,
            FileOptions.SequentialScan);

    /// <summary>Returns the number of a file's first record; null if it has none.</summary>
    internal static long? FirstSeq(string file) => RecordsOf(file).FirstOrDefault()?.Seq;

    static IEnumerable<JournalRecord> RecordsOf(string file)
    {
        using var stream = Open(file);
        var lines = new LineReader(stream);
        while (lines.Read())
            if (lines.Ended && RecordLine.Read(lines.Line) is { } record) yield return record;
    }
}
