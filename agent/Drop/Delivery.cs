using System.Collections.Immutable;
using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Packages;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Drop;

/// <summary>
/// One delivery: which files lie there, what of them is staged, and whether the time for a verdict has come. Hints and looks go in, what is to be
/// read and the occasion for a verdict come out; all instants are given.
/// </summary>
public sealed partial class Delivery
{
    readonly Dictionary<RawPath, DeliveredFile> files = [];
    readonly Queue<DeliveredFile> work = new(), gone = new();
    readonly Fulfilment fulfilment;
    readonly LimitSettings limits;
    readonly Patience patience;
    int open, unsettled, reading;
    bool triedWhole, triedQuiet, last;

    public Delivery(RawPath root, bool isArchive, DropSettings settings, LimitSettings limits, ClockReading now)
    {
        Root = root;
        IsArchive = isArchive;
        this.limits = limits;
        patience = Patience.Of(settings);
        fulfilment = new Fulfilment(limits.Files);
        FirstSeen = LastByte = now;
    }

    /// <summary>Its entry in the drop; the drop itself for a tree.</summary>
    public RawPath Root { get; }
    public bool IsArchive { get; }
    public DeliveryState State { get; private set; }

    /// <summary>Its first file's first sign.</summary>
    public ClockReading FirstSeen { get; }

    /// <summary>The last sign of a change.</summary>
    public ClockReading LastByte { get; private set; }

    public IReadOnlyCollection<DeliveredFile> Files => files.Values;
    public long BytesStaged { get; private set; }

    /// <summary>More files or bytes than the limits allow: nothing more of it is staged, and it can only be refused.</summary>
    public Finding? Excess { get; private set; }

    /// <summary>Whether the announcement that it stalled has been made.</summary>
    public bool HasStalled { get; private set; }

    public IEnumerable<string> OpenFiles => files.Values.Where(file => file.IsOpen)
        .Select(file => (file.Path == Root ? Root : file.Path.Below(Root)).ToString());

    /// <summary>What is wrong with single files, and with the whole.</summary>
    public ImmutableArray<Finding> Findings =>
        [.. files.Values.Where(file => file.Finding is not null).Select(file => file.Finding!).OrderBy(finding => finding.Path, StringComparer.Ordinal), .. Excess is null ? [] : new[] { Excess }];

    /// <summary>Whether anything may be taken to be read.</summary>
    public bool HasWork => work.Count > 0 && Excess is null;

    public Ripeness RipenessAt(long now) => patience.At(LastByte.Monotonic, now);

    public DeliveredFile? At(RawPath path) => files.GetValueOrDefault(path);

    /// <summary>The kernel's word on one file; the drop map has said that it belongs here.</summary>
    public void Hint(HintKind kind, RawPath path, ClockReading now)
    {
        if (kind == HintKind.Gone)
        {
            if (files.TryGetValue(path, out var one)) Leave(one, now);
            // A folder, with all that was in it.
            else foreach (var inner in files.Values.Where(file => file.Path.IsIn(path)).ToList()) Leave(inner, now);
            return;
        }
        if (FileAt(path) is not { } file) return;
        Changed(now);
        Update(file, () =>
        {
            file.IsOpen = kind == HintKind.Writing;
            file.IsStale = true;
            file.IsGone = false;
        });
    }

    /// <summary>What a look has seen at a path.</summary>
    public void Saw(RawPath path, in FileIdentity identity, long look, ClockReading now)
    {
        if (FileAt(path) is not { } file) return;
        file.Look = look;
        if (file.IsStale || file.IsRead || (file.Identity is { } known && known.SameContents(identity))) return;
        Changed(now);
        Update(file, () => file.IsStale = true);
    }

    /// <summary>What the look has not seen is not there any more.</summary>
    public void Looked(long look, ClockReading now)
    {
        foreach (var file in files.Values.Where(file => file.Look < look && !file.IsGone).ToList()) Leave(file, now);
    }

    /// <summary>Hints were lost: nobody knows any more which files are open.</summary>
    public void Forgot()
    {
        foreach (var file in files.Values.Where(file => file.IsOpen)) Update(file, () => file.IsOpen = false);
    }

    /// <summary>Something beside it has changed what may be said of it: an outer HASH, the rules.</summary>
    public void Changed(ClockReading now)
    {
        LastByte = now;
        last = isSetAside = false;
        Retry();
    }

    /// <summary>What had its verdict tried gets it tried again.</summary>
    public void Retry()
    {
        triedWhole = triedQuiet = false;
        if (State != DeliveryState.Judging) State = DeliveryState.Arriving;
    }

    /// <summary>The next file to read, closed and not being read; null where there is none.</summary>
    public DeliveredFile? TakeWork()
    {
        while (Excess is null && work.TryDequeue(out var file))
        {
            file.IsQueued = false;
            if (!file.IsStale || file.IsOpen || file.IsRead || file.IsGone) continue;
            Update(file, () => (file.IsStale, file.IsRead) = (false, true));
            reading++;
            return file;
        }
        return null;
    }

    /// <summary>The next file that is not there any more, whose copy is to go too; null where there is none.</summary>
    public DeliveredFile? TakeGone()
    {
        while (gone.TryDequeue(out var file))
        {
            file.IsQueuedAsGone = false;
            if (!file.IsGone || file.IsRead || files.GetValueOrDefault(file.Path) != file) continue;
            Drop(file);
            return file;
        }
        return null;
    }

    /// <summary>
    /// A file that was taken has been read. Where that has to be repeated it waits for the hint of what came in between, or for
    /// <see cref="ReadAgain"/>, and not in a circle.
    /// </summary>
    /// <returns>False: it is gone, and the copy of it, if there is one, must go too.</returns>
    public bool HasRead(DeliveredFile file, Reading reading)
    {
        this.reading--;
        if (reading.Retry && !file.IsStale && !file.IsGone)
        {
            (file.IsRead, file.IsStale) = (false, true);
            return true;
        }
        Update(file, () =>
        {
            file.IsRead = false;
            if (reading == Reading.Nothing && !file.IsStale) file.IsGone = true;
        });
        if (file.IsGone)
        {
            Drop(file);
            return false;
        }
        if (reading.Retry || reading == Reading.Nothing) return true;
        BytesStaged += (reading.Entry?.Size ?? 0) - (file.Entry?.Size ?? 0);
        (file.Identity, file.Entry) = (reading.Identity, reading.Entry);
        if (file.Name is not null)
        {
            file.Finding = reading.Finding;
            if (reading.Entry is { } entry) fulfilment.Place(entry, reading.Hash);
            else fulfilment.Remove(file.Name);
        }
        if (BytesStaged > limits.PackageSize)
            Excess ??= Finding.Of(ReasonCode.PackageTooLarge, null, $"more than {limits.PackageSize} bytes together");
        return true;
    }

    /// <summary>What could not be read before is tried once more.</summary>
    public void ReadAgain()
    {
        foreach (var file in files.Values) Queue(file);
    }

    /// <summary>Whether a verdict is to be made at this instant, and why.</summary>
    public Occasion Next(long now)
    {
        if (State is DeliveryState.Judging or DeliveryState.Judged || files.Count == 0) return Occasion.None;
        var ripeness = patience.At(LastByte.Monotonic, now);
        if (Excess is not null) return reading == 0 && (unsettled == 0 || ripeness != Ripeness.Moving) ? Occasion.Last : Occasion.None;
        if (last || ripeness == Ripeness.GivenUp)
        {
            // Its writer will not close it any more: it is read as it stands.
            if (open > 0) Forgot();
            return unsettled > 0 ? Occasion.None : Occasion.Last;
        }
        if (unsettled > 0 && open == 0) return Occasion.None;
        if (open == 0 && !triedWhole && (IsArchive || fulfilment.LooksWhole)) return Occasion.Whole;
        return ripeness == Ripeness.Moving || triedQuiet ? Occasion.None : open > 0 ? Occasion.QuietButOpen : Occasion.Quiet;
    }

    /// <summary>When <see cref="Next"/> is to be asked again if nothing happens before.</summary>
    public long Deadline(long now)
    {
        if (State is DeliveryState.Judging or DeliveryState.Judged || files.Count == 0) return long.MaxValue;
        // What has stalled and gave its place up is staged again when it is given up.
        if (unsettled > 0 && open == 0 && Excess is null && State != DeliveryState.Stalled && !isSetAside) return long.MaxValue;
        return patience.Until(patience.At(LastByte.Monotonic, now), LastByte.Monotonic);
    }

    public void BeginJudging(Occasion occasion)
    {
        State = DeliveryState.Judging;
        if (occasion == Occasion.Whole) triedWhole = true;
        else triedQuiet = true;
    }

    /// <summary>No verdict yet: it goes on arriving, or has stalled.</summary>
    /// <returns>Whether it has stalled for the first time.</returns>
    public bool Resume(bool stalled)
    {
        State = stalled ? DeliveryState.Stalled : DeliveryState.Arriving;
        if (stalled) triedQuiet = true;
        var first = stalled && !HasStalled;
        HasStalled |= stalled;
        return first;
    }

    /// <summary>A stalled delivery is not waited for any longer.</summary>
    public void GiveUp() => last = true;

    public void Close() => State = DeliveryState.Judged;

    DeliveredFile? FileAt(RawPath path)
    {
        if (files.TryGetValue(path, out var known)) return known;
        // An archive is one file; what lies below its name is another delivery's by now.
        if (IsArchive ? path != Root : !path.IsIn(Root)) return null;
        if (files.Count >= limits.Files)
        {
            Excess ??= Finding.Of(ReasonCode.TooManyFiles, null, $"more than {limits.Files} files");
            return null;
        }
        var below = IsArchive ? path : path.Below(Root);
        var file = new DeliveredFile(path, below.Read(limits.Paths), below);
        files.Add(path, file);
        if (HashFileName.Is(path.Bytes)) hashes++;
        return file;
    }

    void Leave(DeliveredFile file, ClockReading now)
    {
        Changed(now);
        Update(file, () => (file.IsGone, file.IsOpen, file.IsStale) = (true, false, false));
        if (!file.IsRead && !file.IsQueuedAsGone) gone.Enqueue(file);
        file.IsQueuedAsGone |= !file.IsRead;
    }

    void Drop(DeliveredFile file)
    {
        if (file.IsUnsettled) unsettled--;
        if (files.Remove(file.Path) && HashFileName.Is(file.Path.Bytes)) hashes--;
        BytesStaged -= file.Entry?.Size ?? 0;
        if (file.Name is not null) fulfilment.Remove(file.Name);
    }

    /// <summary>Keeps the counts right, and what is to be read queued.</summary>
    void Update(DeliveredFile file, Action change)
    {
        if (file.IsOpen) open--;
        if (file.IsUnsettled) unsettled--;
        change();
        if (file.IsOpen) open++;
        if (file.IsUnsettled) unsettled++;
        Queue(file);
    }
}
