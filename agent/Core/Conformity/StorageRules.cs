using Difusor.Agent.Configuration;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// Clause I.1, without interruption: room for the whole night, on a file system where a rename is atomic.
/// </summary>
static class StorageRules
{
    /// <summary>File systems where a rename or a flush does not work as on a local disk.</summary>
    static readonly string[] Remote =
        ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "coda", "lustre", "gpfs", "glusterfs", "fuse"];

    public static IEnumerable<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        var (storage, settings) = (host.Storage, configured.Settings);
        yield return Space(host, settings, configured.Profile);

        var local = new Clause("local-files");
        var remote = storage.Kinds.Where(
            each => Remote.Any(
            kind => each.Value == kind || each.Value.StartsWith(kind + ".", StringComparison.Ordinal))).ToList();
        yield return remote.Count == 0
            ? local.Pass(
                new Said("check.local-files-right", ("kinds", string.Join(", ", storage.Kinds.Values.Distinct()))))
            : local.Fail(
                new Said("check.local-files-remote", ("path", remote[0].Key), ("kind", remote[0].Value)),
                new Said("check.local-files-mend"));

        var one = new Clause("one-file-system");
        yield return storage.MountedInside.Count == 0
            ? one.Pass(new Said("check.one-file-system-right", ("path", settings.Paths.State)))
            : one.Fail(
                new Said("check.one-file-system-mounted", ("path", storage.MountedInside[0])),
                command: $"umount {storage.MountedInside[0]}");
    }

    /// <summary>
    /// Checks the free space. No disk may be what the running agent tells as full or read-only. That of the state must
    /// also hold each kept release twice (tree and vault), one more that arrives, the quarantine, and the space that
    /// limits.min_free keeps free.
    /// </summary>
    static ConformityRow Space(HostFacts host, Settings settings, ElectionProfile profile)
    {
        var clause = new Clause("disk-space");
        var (state, disks) = (settings.Paths.State, host.Storage.Disks);
        foreach (var disk in disks)
            if (Fault(disk, clause, state) is { } fault) return fault;
        if (disks.Where(disk => disk.Path == state).Select(disk => (long?)disk.Free).FirstOrDefault() is not { } free)
            return clause.Unseen(new Said("check.disk-space-unseen", ("path", state)));
        var cortes = (int)((profile.LastCorte - profile.FirstCorte) / profile.Cadence) + 1;
        var kept = Math.Min(cortes, settings.Publication.KeepReleases) + 1;
        var release = host.Storage.LargestRelease;
        var needed = settings.Limits.MinFree + (2 * release * kept)
            + Math.Min(settings.Quarantine.Size, 2 * release * settings.Quarantine.Keep);
        (string, object?) room = ("free", Times.Bytes(free)), need = ("needed", Times.Bytes(needed));
        return free < needed
            ? clause.Warn(
            new Said("check.disk-space-tight", room, need), new Said("check.disk-space-mend"), $"df -h {state}")
            : clause.Pass(
                new Said(
                release == 0 ? "check.disk-space-unmeasured" : "check.disk-space-enough", room, need,
                ("cortes", cortes)));
    }

    static ConformityRow? Fault(DiskRoom disk, Clause clause, string state)
    {
        (string, object?) path = ("path", disk.Path);
        var mend = disk.Path == state ? new Said("check.disk-space-mend") : new Said("check.disk-space-clear");
        if (disk.IsReadOnly)
            return clause.Fail(
                new Said("check.disk-space-read-only", path), new Said("check.disk-space-writable"),
                $"findmnt -T {disk.Path}");
        if (disk.LacksFiles)
            return clause.Fail(
                new Said("check.disk-space-files", path, ("files", disk.FreeFiles)), mend, $"df -i {disk.Path}");
        return disk.IsLow
            ? clause.Fail(
                new Said(
                disk.Path == state ? "check.disk-space-low" : "check.disk-space-elsewhere", path,
                ("free", Times.Bytes(disk.Free)), ("least", Times.Bytes(disk.Least))), mend, $"df -h {disk.Path}")
            : null;
    }
}
