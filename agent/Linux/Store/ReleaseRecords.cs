using System.Buffers;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Keeps the records of the releases: <c>sealed/ID.json</c> on disk, the releases' heads in memory. A release exists if
/// it has a record. What the public has got is evidence: its record stays as <c>ID.past</c> when the release goes. The
/// store's lock guards it.
/// </summary>
sealed class ReleaseRecords(OpenFolders folders, PublishedRoots roots)
{
    const int LongestHead = 64 * 1024;

    /// <summary>The most records of releases that are gone, and their bytes: the oldest go.</summary>
    internal const int MostPast = 200;
    internal const long MostPastBytes = 1L << 30;

    /// <summary>What the name of such a record ends with.</summary>
    internal const string Past = ".past";

    readonly Dictionary<ReleaseId, Release> releases = [];

    /// <summary>Whole records that were read or written lately; <see cref="Forget"/> keeps the live ones.</summary>
    readonly Dictionary<ReleaseId, ReleaseRecord> records = [];
    readonly HashSet<ReleaseId> published = [];
    bool counted;
    long sequence;

    internal IReadOnlyCollection<Release> All => releases.Values;

    internal bool Has(ReleaseId id) => releases.ContainsKey(id);

    internal Release? Find(ReleaseId? id) => id is { } known ? releases.GetValueOrDefault(known) : null;

    /// <summary>Returns what a release must contain, file by file; null if its record cannot be read.</summary>
    internal ReleaseRecord? TryRead(Release release)
    {
        if (records.TryGetValue(release.Id, out var known)) return known;
        var read = FileBytes.TryRead(folders.Sealed, FileOf(release.Id)) is { } bytes
            ? RecordFormat.Read(bytes, records.Values.FirstOrDefault()) : null;
        return read is null ? null : records[release.Id] = read;
    }

    /// <summary>Returns what a release must contain, file by file.</summary>
    /// <exception cref="SystemFault">Its record is gone or cannot be read.</exception>
    internal ReleaseRecord Read(Release release) => TryRead(release)
        ?? throw new SystemFault("read", $"{folders.Paths.Sealed}/{FileOf(release.Id)}", Errno.ENOENT);

    /// <summary>Gives a new release its id and number.</summary>
    internal Release Number(Release draft) =>
        draft with { Id = ReleaseId.For(draft.Corte, sequence + 1), Sequence = ++sequence };

    /// <summary>Writes a record beside its place, without flushing it, and returns the name that it has.</summary>
    internal string Prepare(ReleaseRecord record) =>
        DurableFile.Prepare(folders.Sealed, FileOf(record.Release.Id), Bytes(record), Modes.PrivateFile);

    /// <summary>Puts a prepared record in its place. The release exists from then on, once it is added.</summary>
    internal void Place(string prepared, ReleaseId id) =>
        DurableFile.Rename($"{folders.Sealed.Path}/{prepared}", $"{folders.Sealed.Path}/{FileOf(id)}");

    /// <summary>Writes a record durably.</summary>
    internal Release Write(ReleaseRecord record)
    {
        DurableFile.Write(folders.Sealed, FileOf(record.Release.Id), Bytes(record), Modes.PrivateFile);
        return Add(record);
    }

    internal Release Add(ReleaseRecord record)
    {
        sequence = Math.Max(sequence, record.Release.Sequence);
        records[record.Release.Id] = record;
        return releases[record.Release.Id] = record.Release;
    }

    /// <summary>Notes that the public has got a release.</summary>
    internal void WasPublished(ReleaseId id)
    {
        if (Has(id)) published.Add(id);
    }

    /// <summary>
    /// Removes records from the disk, durably, except the lists of what the public has got. The releases stay known
    /// until <see cref="Lose"/>.
    /// </summary>
    internal void Unlink(IEnumerable<Release> unwanted)
    {
        foreach (var release in unwanted)
            if (published.Contains(release.Id) && folders.Sealed.Identify(FileOf(release.Id)) is not null)
                DurableFile.Rename(
                    $"{folders.Sealed.Path}/{FileOf(release.Id)}", $"{folders.Sealed.Path}/{release.Id}{Past}");
            else folders.Sealed.Unlink(FileOf(release.Id));
        PrunePast();
        folders.Sealed.Flush();
    }

    void PrunePast()
    {
        var (kept, bytes) = (0, 0L);
        foreach (var name in folders.Sealed.List().Where(name => name.EndsWith(Past, StringComparison.Ordinal))
            .OrderDescending(StringComparer.Ordinal))
        {
            bytes += folders.Sealed.Identify(name)?.Size ?? 0;
            if (++kept > MostPast || bytes > MostPastBytes) folders.Sealed.Unlink(name);
        }
    }

    internal void Lose(ReleaseId id)
    {
        published.Remove(id);
        releases.Remove(id);
        records.Remove(id);
    }

    /// <summary>Renames a record that cannot be trusted to <c>ID.json.damaged</c>, if it is there.</summary>
    internal void SetAside(ReleaseId id)
    {
        Lose(id);
        if (folders.Sealed.Identify(FileOf(id)) is not null) SetAside(FileOf(id));
    }

    /// <summary>Reads the head of each record. Call it once, before anything else.</summary>
    /// <param name="removed">Receives the paths of what a crash left.</param>
    /// <param name="damaged">Receives the names of the records that cannot be read; they are set aside.</param>
    internal void Load(List<string> removed, List<string> damaged)
    {
        foreach (var name in folders.Sealed.List())
        {
            if (name.EndsWith(".new", StringComparison.Ordinal))
            {
                folders.Sealed.Unlink(name);
                removed.Add($"sealed/{name}");
            }
            else if (name.EndsWith(".json", StringComparison.Ordinal))
            {
                if (ReadHead(name) is { } release && FileOf(release.Id) == name) releases[release.Id] = release;
                else
                {
                    SetAside(name);
                    damaged.Add(name);
                }
            }
        }
        sequence = releases.Values.Select(release => release.Sequence).DefaultIfEmpty(0).Max();
    }

    /// <summary>Keeps in memory only the records of the live releases.</summary>
    internal void Forget()
    {
        foreach (var id in records.Keys.Where(id => !roots.Serve(id)).ToList()) records.Remove(id);
    }

    /// <summary>
    /// Counts once which vault contents the stored releases use, and removes from the vault what a crash left there.
    /// </summary>
    internal void CountReferences()
    {
        if (counted) return;
        foreach (var release in releases.Values)
        {
            if (TryRead(release) is not { } record) continue;
            foreach (var file in record.Files) folders.Vault.Restore(file.Sha256.Bytes);
        }
        Forget();
        folders.Vault.Sweep();
        counted = true;
    }

    Release? ReadHead(string name)
    {
        var head = new byte[LongestHead];
        int length;
        using (var file = folders.Sealed.TryOpen(name))
            length = file is null ? 0 : FileBytes.Fill(file, head, 0, name);
        return RecordFormat.ReadRelease(head.AsSpan(0, length))
            ?? RecordFormat.ReadRelease(FileBytes.TryRead(folders.Sealed, name));
    }

    void SetAside(string name) =>
        DurableFile.Rename($"{folders.Sealed.Path}/{name}", $"{folders.Sealed.Path}/{name}.damaged");

    static string FileOf(ReleaseId id) => $"{id}.json";

    static ReadOnlySpan<byte> Bytes(ReleaseRecord record)
    {
        var bytes = new ArrayBufferWriter<byte>(256 + record.Files.Count * 160);
        RecordFormat.Write(record, bytes);
        return bytes.WrittenSpan;
    }
}
