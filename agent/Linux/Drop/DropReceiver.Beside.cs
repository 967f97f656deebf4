using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Has the HASH files beside archives read, and has those archives judged again about which a list now says something
/// else.
/// </summary>
public sealed partial class DropReceiver
{
    /// <summary>Bytes. Lists longer than this are read by one worker at a time.</summary>
    const int ShortList = 64 * 1024;

    /// <summary>Handles a list that has come, changed or gone.</summary>
    void LookBeside(RawPath path, FileIdentity? identity)
    {
        if (identity is not { } present)
        {
            ignored.Forget(path);
            if (beside.Forget(path) is { } gone) TellArchives(gone, null);
        }
        else if (beside.Saw(path, present)) ReadBeside(path);
    }

    void ReadBeside(RawPath path)
    {
        if (Drop is not { } folder || beside.Begin(path) is not { } reading) return;
        var (limits, line) = (rules.Settings.Limits, rules.Verification.Hashes.Line);
        var isNewer = PromiseOf(PackageName.Read(path.Bytes)) == Promise.Newer;
        var kind = WorkKinds.Of(isNewer, isLong: reading.Identity.Size > ShortList);
        workers.Add(() =>
        {
            BesideList? list = null;
            var (failed, refusal) = (true, default(Errno));
            try
            {
                list = BesideReader.Read(folder, path, limits, reading.Room, out refusal, line);
                failed = false;
            }
            catch (IOException) { }
            finally { inbox.Add(() => HasReadBeside(reading, list, failed, refusal)); } // or it would be read for ever
        }, kind);
    }

    void HasReadBeside(BesideReading reading, BesideList? list, bool failed, Errno refusal)
    {
        var end = beside.End(reading, failed);
        if (end == BesideReadingEnd.Void) return;
        if (end == BesideReadingEnd.Outdated) ReadBeside(reading.Path);
        if (refusal == Errno.EACCES)
            ignored.Saw(reading.Path, Events.IgnoredCause.Unreadable, reading.Identity, now.Monotonic);
        else if (list is { IsAboutArchives: false })
            ignored.Saw(reading.Path, Events.IgnoredCause.LooseFiles, reading.Identity, now.Monotonic);
        else ignored.Forget(reading.Path);
        TellArchives(beside.Keep(reading.Path, list), list);
    }

    void TellArchives(BesideList? before, BesideList? after)
    {
        var named = (before?.Archives ?? []).Concat(after?.Archives ?? []).ToHashSet(StringComparer.Ordinal);
        foreach (var name in named)
        {
            var archive = RelativePath.Own(name);
            var root = RawPath.Of(archive);
            var isHere = receptions.TryGetValue(root, out var reception);
            if (!isHere && !judged.Has(root)) continue;
            if (BesideList.SayTheSame(before, after, archive)) continue;
            if (!isHere) JudgeAgain(root);
            else if (reception!.Delivery.State == DeliveryState.Judging) reception.IsWantedAgain = true;
            else if (reception.Delivery.IsArchive) reception.Delivery.Changed(now);
        }
    }

    /// <summary>Has a delivery judged again, unless it was accepted.</summary>
    void JudgeAgain(RawPath root)
    {
        if (judged.Of(root) is { Memory.Accepted: false } rejected && rejected.Has(root))
            Reopen(root, rejected, onlyLosses: false);
    }
}
