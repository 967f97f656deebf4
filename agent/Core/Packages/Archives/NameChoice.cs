using System.Text.Unicode;

namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// Chooses one reading for all names of a zip that do not say in which encoding they are: the one under which most of
/// them are names that the HASH files state (contract, section 6, "Names"). If these state none of them, it is UTF-8
/// where all are valid, else code page 437 (APPNOTE 6.3.10, appendix D).
/// </summary>
/// <remarks>
/// It compares the parts between the slashes, so it does not matter which folder a list starts from. A wrong choice
/// makes no file pass: each still needs its digest, under the name that was chosen.
/// </remarks>
sealed class NameChoice
{
    /// <summary>The most parts of names that are compared: enough to tell, however many there are.</summary>
    const int MostParts = 10_000;

    /// <summary>The most HASH files that are read for this, and their most bytes together.</summary>
    const int MostLists = 32;
    const int MostText = 16 << 20;

    /// <summary>Where no file is named like a HASH file, one of this many bytes at the top may be one.</summary>
    const int LongestUnnamed = 1 << 20;

    readonly HashSet<string> parts = new(StringComparer.Ordinal);
    readonly Dictionary<NameReading, HashSet<UInt128>> wanted = NameReadings.All.ToDictionary(
        reading => reading, _ => new HashSet<UInt128>());
    readonly Dictionary<NameReading, int> found = NameReadings.All.ToDictionary(reading => reading, _ => 0);
    bool isAllUtf8 = true;

    NameChoice() { }

    /// <param name="list">A HASH file that came another way; empty: none.</param>
    public static NameReading Of(
        ArchiveInput input, ZipDirectory directory, ZipEnd end, LimitSettings limits, ReadOnlyMemory<byte> list)
    {
        var choice = new NameChoice();
        foreach (var entry in directory.Entries)
            if (!entry.HasUnicodeName) choice.Want(directory.Name(entry));
        choice.Hear(HashFile.Parse(RelativePath.Own("HASH"), list.Span).File);
        foreach (var (path, entry) in ListsOf(directory, limits))
            choice.Hear(
                HashFile.Parse(
                    path, ZipReader.ReadAlone(input, entry, directory.Name(entry), end), limits.Paths,
                    HashFileReader.MostEntries).File);
        return choice.Best;
    }

    /// <summary>Returns the HASH files of a zip, the longest first, within the limits above.</summary>
    static IEnumerable<(RelativePath Path, ZipEntry Entry)> ListsOf(ZipDirectory directory, LimitSettings limits)
    {
        List<(RelativePath Path, ZipEntry Entry)> named = [], unnamed = [];
        foreach (var entry in directory.Entries)
        {
            if (entry.Kind != ZipKind.File || PathOf(directory.Name(entry), limits) is not { } path) continue;
            if (HashFileName.Is(path.Value)) named.Add((path, entry));
            else if (named.Count == 0 && path.Depth <= 2 && entry.Size <= LongestUnnamed && !HtmlName.Is(path.Value))
                unnamed.Add((path, entry));
        }
        var left = (long)MostText;
        var lists = named.Count > 0 ? named : unnamed;
        foreach (var one in lists.Where(one => one.Entry.Size <= MostText).OrderByDescending(one => one.Entry.Size)
            .Take(MostLists))
            if ((left -= one.Entry.Size) >= 0) yield return one;
    }

    /// <summary>Returns a path that is good enough to tell a HASH file: what tells it is ASCII.</summary>
    static RelativePath? PathOf(ReadOnlySpan<byte> name, LimitSettings limits) =>
        RelativePath.Read(WindowsPath.WithSlashes(NameReading.Cp437.ToUtf8(name)), limits.Paths).Path;

    NameReading Best
    {
        get
        {
            if (found.Values.Max() > 0) return NameReadings.All.MaxBy(reading => found[reading]);
            return isAllUtf8 ? NameReading.Utf8 : NameReading.Cp437;
        }
    }

    /// <summary>Notes what the parts of a name would be under each reading.</summary>
    void Want(ReadOnlySpan<byte> name)
    {
        if (Ascii.IsValid(name)) return;
        isAllUtf8 &= Utf8.IsValid(name);
        foreach (var range in name.SplitAny("/\\"u8))
        {
            var part = name[range];
            if (Ascii.IsValid(part) || parts.Count >= MostParts || !parts.Add(Encoding.Latin1.GetString(part)))
                continue;
            foreach (var reading in NameReadings.All)
                if (reading != NameReading.Utf8 || Utf8.IsValid(part))
                    wanted[reading].Add(KeyOf(Encoding.UTF8.GetString(reading.ToUtf8(part))));
        }
    }

    /// <summary>Counts, for each reading, what a list states. One that cannot be read states nothing.</summary>
    void Hear(HashFile? list)
    {
        if (list is null) return;
        for (var line = 0; line < list.Count; line++)
        {
            var name = list.NameAt(line);
            if (Ascii.IsValid(name)) continue;
            foreach (var part in Encoding.UTF8.GetString(name).Split('/', '\\'))
            {
                if (Ascii.IsValid(part)) continue;
                var key = KeyOf(part);
                foreach (var reading in NameReadings.All)
                    if (wanted[reading].Remove(key)) found[reading]++;
            }
        }
    }

    static UInt128 KeyOf(string part) => KnownPaths.KeyOf(TwinKey.Decomposed(part));
}
