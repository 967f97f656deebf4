using System.Collections.Immutable;
using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Packages;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Drop;

/// <summary>
/// One delivery: which files lie there, what of them is staged, and whether the time for a verdict has come. Hints and
/// looks go in, what is to be read and the occasion for a verdict come out; all instants are given.
/// </summary>
public sealed partial class Delivery
{
    // by the path below the delivery's own
    readonly Dictionary<string, DeliveredFile> files = new(StringComparer.Ordinal);
    readonly Dictionary<string, DeliveredFile>.AlternateLookup<ReadOnlySpan<char>> bySpan;
    readonly Queue<DeliveredFile> work = new(), gone = new();
    readonly Fulfilment fulfilment;
    readonly LimitSettings limits;
    readonly Patience patience;
    int open, unsettled, reading;
    bool triedWhole, triedQuiet, last;

    /// <param name="shares">What it may keep; null: as much as its own limits allow.</param>
    public Delivery(
        RawPath root, bool isArchive, DropSettings settings, LimitSettings limits, ClockReading now,
        Shares? shares = null)
    {
        bySpan = files.GetAlternateLookup<ReadOnlySpan<char>>();
        Shares = shares ?? Shares.Alone(limits.PathText, limits.HashText);
        Root = root;
        IsArchive = isArchive;
        this.limits = limits;
        patience = Patience.Of(settings);
        fulfilment = new Fulfilment(limits.Files);
        FirstSeen = LastByte = now;
    }

    /// <summary>What it holds of what all deliveries in hand may keep together.</summary>
    public Shares Shares { get; }

    /// <summary>Others hold too much for it to be received just now; a look tries again.</summary>
    public bool IsShort { get; set; }

    /// <summary>Nothing more of it is read: another one needs what it holds.</summary>
    public bool GivesWay { get; set; }

    /// <summary>Whatever would be read of it now would be of no use: it can only be refused, or it gives way.</summary>
    public bool WantsNoMore => Excess is not null || GivesWay;

    /// <summary>Its entry in the drop; the drop itself for a tree.</summary>
    public RawPath Root { get; }
    public bool IsArchive { get; }
    public DeliveryState State { get; private set; }

    /// <summary>Its first file's first sign.</summary>
    public ClockReading FirstSeen { get; init; }

    /// <summary>The last sign of a change.</summary>
    public ClockReading LastByte { get; private set; }

    public IReadOnlyCollection<DeliveredFile> Files => files.Values;
    public long BytesStaged { get; private set; }

    /// <summary>
    /// More files or bytes than the limits allow: nothing more of it is staged, and it can only be refused.
    /// </summary>
    public Finding? Excess { get; private set; }

    /// <summary>Whether the announcement that it stalled has been made.</summary>
    public bool HasStalled { get; private set; }

    /// <summary>It was announced before it had to wait.</summary>
    public void StalledBefore() => HasStalled = true;

    public IEnumerable<string> OpenFiles =>
        files.Values.Where(file => file.IsOpen).Select(file => (file.Below.IsRoot ? Root : file.Below).ToString());

    /// <summary>
    /// What is wrong with single files, and with the whole: the first of them, and how many more there are.
    /// </summary>
    public (ImmutableArray<Finding> Kept, int More) Findings
    {
        get
        {
            var findings = new FindingList();
            if (Excess is not null) findings.Add(Excess);
            foreach (var file in files.Values)
                if (file.Name is null && findings.CountsOnly(ReasonCode.UnsafePath.Code())) continue;
                else if (file.FindingWithin(limits.Paths) is { } finding) findings.Add(finding);
            return (findings.InOrder(), findings.More);
        }
    }

    /// <summary>Whether anything may be taken to be read.</summary>
    public bool HasWork => work.Count > 0 && !WantsNoMore;

    public Ripeness RipenessAt(long now) => patience.At(LastByte.Monotonic, now);

    public DeliveredFile? At(RawPath path) => bySpan.TryGetValue(Below(path), out var file) ? file : null;

    /// <summary>The kernel's word on one file; the drop map has said that it belongs here.</summary>
    public void Hint(HintKind kind, RawPath path, ClockReading now)
    {
        if (kind == HintKind.Gone)
        {
            if (At(path) is { } one) Leave(one, now);
            // A folder, with all that was in it.
            else foreach (var inner in files.Values.Where(file => file.IsIn(path)).ToList()) Leave(inner, now);
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
        while (!WantsNoMore && work.TryDequeue(out var file))
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
            if (!file.IsGone || file.IsRead || files.GetValueOrDefault(file.Below.Bytes) != file) continue;
            Drop(file);
            return file;
        }
        return null;
    }

    /// <summary>
    /// A file that was taken has been read. Where that has to be repeated it waits for the hint of what came in
    /// between, or for <see cref="ReadAgain"/>, and not in a circle.
    /// </summary>
    /// <returns>False: it is gone, and the copy of it, if there is one, must go too.</returns>
    public bool HasRead(DeliveredFile file, Reading reading)
    {
        this.reading--;
        IsShort |= reading.NoRoom;
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
            if (reading.Entry is { } entry) fulfilment.Place(entry, reading.Manifest);
            else fulfilment.Remove(file.Name);
        }
        if (reading.Finding is { } beyond && beyond.Code == ReasonCode.HashTooLarge.Code()) Excess ??= beyond;
        if (BytesStaged > limits.PackageSize)
            Excess ??= Finding.Of(ReasonCode.PackageTooLarge, null, $"more than {limits.PackageSize} bytes together");
        return true;
    }

    /// <summary>What could not be read before is tried once more.</summary>
    public void ReadAgain()
    {
        foreach (var file in files.Values) Queue(file);
    }

    /// <summary>The file at a path, which begins to be kept here; null where there is no room for it.</summary>
    DeliveredFile? FileAt(RawPath path)
    {
        // An archive is one file; what lies below its name is another delivery's by now.
        if (IsArchive ? path != Root : !path.IsIn(Root)) return null;
        if (At(path) is { } known) return known;
        if (Excess is not null) return null;
        if (files.Count >= limits.Files)
        {
            Excess = Finding.Of(ReasonCode.TooManyFiles, null, $"more than {limits.Files} files");
            return null;
        }
        var below = Below(path);
        switch (IsArchive ? Taking.Taken : Shares.Paths.Take(below.Length))
        {
            case Taking.TooLarge:
                Excess = Finding.Of(ReasonCode.PathsTooLarge, null, $"more than {limits.PathText} bytes of paths");
                return null;
            case Taking.NoRoom:
                IsShort = true;
                return null;
            case Taking.Taken:
                break;
        }
        var file = new DeliveredFile(
            Root, new RawPath(below.Length == path.Bytes.Length ? path.Bytes : below.ToString()), limits.Paths);
        files.Add(file.Below.Bytes, file);
        if (HashFileName.Is(path.Bytes)) hashes++;
        return file;
    }

    /// <summary>
    /// The path below the delivery's own; empty for its own, which an archive's is, and a folder's that is a file by
    /// now.
    /// </summary>
    ReadOnlySpan<char> Below(RawPath path) =>
        Root.IsRoot ? path.Bytes : path == Root ? [] : path.Bytes.AsSpan(Root.Bytes.Length + 1);

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
        if (files.Remove(file.Below.Bytes) && HashFileName.Is(file.Path.Bytes)) hashes--;
        if (!IsArchive) Shares.Paths.Return(file.Below.Bytes.Length);
        if (file.HashBytes > 0) Shares.HashText.Return(file.HashBytes);
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
