using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>What a start found and repaired; all lists are empty after an orderly end.</summary>
/// <param name="Removed">Trees and files that a crash left: unfinished deliveries, half-done removals, temporary
/// names.</param>
/// <param name="Rebuilt">Live releases whose tree was gone and was made again from the vault.</param>
/// <param name="Damaged">Records that cannot be read; set aside as <c>ID.json.damaged</c>.</param>
/// <param name="Relinked">Roots whose <c>current</c> led nowhere. It now points again at what they served, or at the
/// notice page.</param>
/// <param name="MapMended">Roots whose <c>current.map</c> did not agree with <c>current</c>.</param>
public sealed record Recovery(
    IReadOnlyList<string> Removed, IReadOnlyList<ReleaseId> Rebuilt, IReadOnlyList<string> Damaged,
    IReadOnlyList<Root> Relinked,
    IReadOnlyList<Root> MapMended);

/// <summary>
/// Brings the store from any state that a crash can leave back to a complete one, without an operator.
/// </summary>
public sealed partial class ReleaseStore
{
    /// <summary>
    /// Reads what is stored. Call it once, before anything else. A release exists if it has a record: a tree without
    /// one is left from a crash before its sealing was done or after its removal had begun, and is removed. The release
    /// that <c>current</c> points to is complete, or is completed from the vault. A root whose link leads nowhere goes
    /// back to what it served last.
    /// </summary>
    /// <param name="notice">The HTML of the notice page, for the public root and the rehearsal root.</param>
    public Recovery Recover(string notice)
    {
        lock (inventory)
        {
            var found = new Findings();
            NoticePage = System.Text.Encoding.UTF8.GetBytes(notice);
            foreach (var name in staging.List()) ToTrash(name, found);
            ReadRecords(found);
            foreach (var name in held.List()) KeepOrTrash(held, name, null, found);
            foreach (var root in roots)
                foreach (var name in root.ReleasesFolder.List())
                    KeepOrTrash(root.ReleasesFolder, name, root.Live, found);
            foreach (var root in new[] { Root.Public, Root.Rehearsal })
            {
                roots[(int)root].WriteNotice(NoticePage);
                MendCurrent(root, found);
                if (roots[(int)root].MendMap()) found.MapMended.Add(root);
                roots[(int)root].Remember(roots[(int)root].Live);
            }
            return new Recovery(found.Removed, found.Rebuilt, found.Damaged, found.Relinked, found.MapMended);
        }
    }

    /// <summary>Counts, before the first delivery, which contents of the vault the stored releases use.</summary>
    public void WarmUp()
    {
        lock (inventory) CountReferences();
    }

    void ReadRecords(Findings found)
    {
        foreach (var name in sealedFolder.List())
        {
            if (name.EndsWith(".new", StringComparison.Ordinal))
            {
                sealedFolder.Unlink(name);
                found.Removed.Add($"sealed/{name}");
            }
            else if (name.EndsWith(".json", StringComparison.Ordinal))
            {
                ReadRecord(name, found);
            }
        }
        sequence = releases.Values.Select(release => release.Sequence).DefaultIfEmpty(0).Max();
        foreach (var root in new[] { Root.Public, Root.Rehearsal })
            choices[(int)root] = FileBytes.TryRead(sealedFolder, ChoiceFile(root)) is { } bytes
                ? ChoiceFormat.Read(bytes) : null;
    }

    void ReadRecord(string name, Findings found)
    {
        var head = new byte[64 * 1024];
        int length;
        using (var file = sealedFolder.TryOpen(name))
            length = file is null ? 0 : FileBytes.Fill(file, head, 0, name);
        var release = RecordFormat.ReadRelease(head.AsSpan(0, length))
            ?? RecordFormat.ReadRelease(FileBytes.TryRead(sealedFolder, name));
        if (release is not null && $"{release.Id}.json" == name)
        {
            releases[release.Id] = release;
            return;
        }
        DurableFile.Rename($"{sealedFolder.Path}/{name}", $"{sealedFolder.Path}/{name}.damaged");
        found.Damaged.Add(name);
    }

    void KeepOrTrash(OwnFolder folder, string name, ReleaseId? live, Findings found)
    {
        if (ReleaseId.Read(name) is { } id && (releases.ContainsKey(id) || id == live)) return;
        DurableFile.Rename($"{folder.Path}/{name}", $"{staging.Path}/{prefix}-gone-{name}");
        ToTrash($"{prefix}-gone-{name}", found);
    }

    void ToTrash(string name, Findings found)
    {
        found.Removed.Add(name);
        TakeApart(name);
    }

    void MendCurrent(Root which, Findings found)
    {
        var root = roots[(int)which];
        if (root.Live is { } live && root.Has(live)) return;
        if (root.ShowsNotice) return;
        foreach (var id in new[] { root.Live, root.Mapped, root.Previous })
        {
            if (Find(id) is not { } release || !TryMakeWhole(release, root, found)) continue;
            root.Swap(release.Id);
            found.Relinked.Add(which);
            return;
        }
        root.Swap(null);
        found.Relinked.Add(which);
    }

    bool TryMakeWhole(Release release, PublishedRoot root, Findings found)
    {
        if (root.Has(release.Id)) return true;
        try
        {
            if (PathOf(release) is null) Rebuild(release);
        }
        catch (SystemFault)
        {
            return false; // the vault has lost it too: the caller tries the next release
        }
        DurableFile.Rename(PathOf(release)!, root.PathOf(release.Id));
        root.ReleasesFolder.Flush();
        found.Rebuilt.Add(release.Id);
        return true;
    }

    sealed class Findings
    {
        internal List<string> Removed { get; } = [];
        internal List<ReleaseId> Rebuilt { get; } = [];
        internal List<string> Damaged { get; } = [];
        internal List<Root> Relinked { get; } = [];
        internal List<Root> MapMended { get; } = [];
    }
}
