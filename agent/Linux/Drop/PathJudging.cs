using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Serves the operator's <c>publish PATH</c>: the path is staged and judged as it stands, wherever it lies. Of the
/// receiving thread it sees only the cortes that have had a verdict. Any thread.
/// </summary>
sealed class PathJudging(ReleaseStore store, SpareRoom room, KnownCortes cortes)
{
    const int MostAttempts = 5, MostLists = 256;

    /// <summary>
    /// Stages and judges a folder or an archive at any path that the operator names, on the calling thread. Nothing is
    /// posted, and the drop is left alone. No link is followed at the path or below it.
    /// </summary>
    /// <returns>The verdict with its tree, which then belongs to the caller; null where nothing lies at the
    /// path.</returns>
    /// <exception cref="SystemFault">The parent folder cannot be opened, staging failed, or the package does not stop
    /// changing (EBUSY).</exception>
    public DeliveryJudged? Judge(string path, ReceivingRules rules)
    {
        var settings = rules.Settings with { Drop = rules.Settings.Drop with { Layout = DropLayout.Packages } };
        var full = Path.GetFullPath(path.TrimEnd('/'));
        var root = RawPath.Of(Encoding.UTF8.GetBytes(Path.GetFileName(full)));
        using var parent = SafeFolder.Open(Path.GetDirectoryName(full) ?? "/");
        if (parent.Identify(root.ToBytes()) is not { } identity) return null;
        var start = HostClock.Read();
        var delivery = new Delivery(root, identity.Kind != FileKind.Folder, settings.Drop, settings.Limits, start);
        var reception = new Reception(
            delivery, root.ToString()) { Number = 0, Tree = store.Stage(root.ToString(), start.System, room: room) };
        try
        {
            var judging = Judging.Of(parent, rules with { Settings = settings }, store, cortes);
            for (var attempt = 0; attempt < MostAttempts; attempt++)
            {
                StageNow(reception, parent, settings, attempt);
                if (delivery.Files.Any(file => file.IsUnsettled)) continue;
                var judgement = judging.Judge(
                    reception, Occasion.Last,
                    delivery.IsArchive ? ListsIn(parent, root, settings.Limits, rules.Verification.Hashes.Line) : []);
                delivery.Want(judgement.Wanted);
                if (judgement.Differs) continue;
                return new DeliveryJudged(
                    reception.Name, judgement.Verdict!, reception.Tree, delivery.FirstSeen, delivery.LastByte,
                    new Lazy<JudgedDelivery>(JudgedFiles.Of(delivery).As(judgement.Verdict!.Accepted).Memory));
            }
            throw new SystemFault("read", path, Errno.EBUSY);
        }
        catch
        {
            reception.Tree.Discard();
            throw;
        }
    }

    void StageNow(Reception reception, SafeFolder parent, Settings settings, int attempt)
    {
        var delivery = reception.Delivery;
        var reader = new SourceReader(parent, settings.Limits, delivery.Shares);
        DropLook.Into(delivery, parent, settings, attempt + 1, HostClock.Read());
        delivery.ReadAgain();
        while (delivery.TakeGone() is { } gone)
            if (gone.Name is { } name) reception.Tree!.Remove(name);
        while (delivery.TakeWork() is { } file)
        {
            var reading = delivery.IsArchive ? Unpack(reception, reader, file) : reader.Read(file, reception.Tree!);
            delivery.HasRead(file, reading);
            if (reading.Entry is null && !delivery.IsArchive && file.Name is { } name) reception.Tree!.Remove(name);
        }
    }

    Reading Unpack(Reception reception, SourceReader reader, DeliveredFile file)
    {
        if (reception.Tree!.Entries.Count > 0)
        {
            reception.Tree.Discard();
            reception.Tree = store.Stage(reception.Name, HostClock.Read().System, room: room);
        }
        (var reading, reception.Archive) = reader.Unpack(file, reception.Tree);
        return reading;
    }

    /// <summary>
    /// Returns what the HASH files in the archive's folder say about it. Only the first files of the listing are used,
    /// up to <see cref="MostLists"/>.
    /// </summary>
    static ImmutableArray<OuterList> ListsIn(
        SafeFolder folder, RawPath archive, LimitSettings limits, HashLine? line)
    {
        var found = new HashSet<RawPath>();
        folder.List((name, in identity) =>
        {
            if (identity.Kind == FileKind.Regular && HashFileName.Is(RawPath.Of(name).Bytes))
                found.Add(RawPath.Of(name));
            return found.Count < MostLists;
        });
        if (archive.Read(limits.Paths).Path is not { } name) return [];
        return [.. found.Select(path => BesideReader.Read(folder, path, limits, line: line)?.Of(name))
            .OfType<OuterList>()];
    }
}
