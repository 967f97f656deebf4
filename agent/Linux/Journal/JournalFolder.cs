using System.Globalization;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Journal;

/// <summary>
/// Reads a journal, also while the agent writes it: <c>*.jsonl</c> in the order of their names. It opens read-only and
/// needs no lock.
/// </summary>
public sealed class JournalFolder(string path)
{
    public const string Extension = ".jsonl";

    public string Path { get; } = path;

    /// <summary>
    /// Returns the name of the file that comes after this one: the next number. A name that is none of ours, which a
    /// hand put beside them and which comes last, is followed by one that comes after it.
    /// </summary>
    public static string After(string name)
    {
        var stem = name.EndsWith(Extension, StringComparison.Ordinal) ? name[..^Extension.Length] : name;
        return stem.Length == 6 && int.TryParse(stem, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < 999_999
            ? (number + 1).ToString("D6", CultureInfo.InvariantCulture) + Extension : stem + "0" + Extension;
    }

    /// <summary>Full paths in the order in which they are read; empty where there is no folder yet.</summary>
    public IReadOnlyList<string> Files()
    {
        if (!Directory.Exists(Path)) return [];
        var files = Directory.GetFiles(Path, "*" + Extension);
        Array.Sort(files, string.CompareOrdinal);
        return files;
    }

    /// <summary>
    /// All records, the oldest first. A line that is no record is passed over: <c>journal verify</c> is who judges.
    /// </summary>
    public IEnumerable<JournalRecord> Records() => Files().SelectMany(RecordsOf);

    /// <summary>All records, the newest first, one file in memory at a time.</summary>
    public IEnumerable<JournalRecord> NewestFirst() => Files().Reverse().SelectMany(file => RecordsOf(file).Reverse());

    /// <summary>
    /// What the agent last knew to be on disk, from a small file beside the journal; null where there is none.
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

    /// <summary>The number of a file's first record; null where it has none.</summary>
    internal static long? FirstSeq(string file) => RecordsOf(file).FirstOrDefault()?.Seq;

    static IEnumerable<JournalRecord> RecordsOf(string file)
    {
        using var stream = Open(file);
        var lines = new LineReader(stream);
        while (lines.Read())
            if (lines.Ended && RecordLine.Read(lines.Line) is { } record) yield return record;
    }
}
