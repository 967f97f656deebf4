using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Drop;

/// <summary>
/// One delivery: which files exist, which of them are staged, and whether it is time for a verdict. Hints and looks go
/// in; files to read and the occasion for a verdict come out. The caller gives all instants.
/// </summary>
public sealed partial class Delivery
{
    // The key is the path below the delivery.
    readonly Dictionary<string, DeliveredFile> files = new(StringComparer.Ordinal);
    readonly Dictionary<string, DeliveredFile>.AlternateLookup<ReadOnlySpan<char>> bySpan;
    readonly Queue<DeliveredFile> work = new(), gone = new();
    readonly Fulfilment fulfilment;
    readonly LimitSettings limits;
    readonly LeftoverNames leftovers;
    readonly Patience patience;
    readonly bool showsItsEnd;
    int open, unsettled, reading;
    bool triedWhole, triedQuiet, last;

    /// <param name="shares">What the delivery may keep; null means as much as its own limits allow.</param>
    public Delivery(
        RawPath root, bool isArchive, DropSettings settings, LimitSettings limits, ClockReading now,
        Shares? shares = null)
    {
        bySpan = files.GetAlternateLookup<ReadOnlySpan<char>>();
        Shares = shares ?? Shares.Alone(limits.PathText, limits.HashText);
        Root = root;
        IsArchive = isArchive;
        (this.limits, leftovers) = (limits, settings.Leftovers);
        // What is not read shows no end: only quiet tells that it has come.
        showsItsEnd = isArchive && PackageName.Read(root.Bytes).Form != PackageForm.Other;
        patience = Patience.Of(settings);
        fulfilment = new Fulfilment(limits.Files);
        FirstSeen = LastByte = now;
    }

    /// <summary>Gets the part of the shared budget of all deliveries in hand that this one uses.</summary>
    public Shares Shares { get; }

    /// <summary>
    /// Gets or sets whether other deliveries use too much, so that this one cannot be received now; a look tries again.
    /// </summary>
    public bool IsShort { get; set; }

    /// <summary>Gets or sets whether reading stops because another delivery needs what this one uses.</summary>
    public bool GivesWay { get; set; }

    /// <summary>Gets whether reading more is useless: the delivery can only be refused, or it gives way.</summary>
    public bool WantsNoMore => Excess is not null || GivesWay;

    /// <summary>Gets the entry of the delivery in the drop; the drop itself for a tree.</summary>
    public RawPath Root { get; }
    public bool IsArchive { get; }
    public DeliveryState State { get; private set; }

    /// <summary>Gets when the first file was first noticed.</summary>
    public ClockReading FirstSeen { get; init; }

    /// <summary>Gets when the last change was noticed.</summary>
    public ClockReading LastByte { get; private set; }

    public IReadOnlyCollection<DeliveredFile> Files => files.Values;
    public long BytesStaged { get; private set; }

    /// <summary>
    /// Gets the finding if there are more files or bytes than the limits allow: nothing more is staged, and the
    /// delivery can only be refused.
    /// </summary>
    public Finding? Excess { get; private set; }

    /// <summary>Gets whether the announcement that it stalled has been made.</summary>
    public bool HasStalled { get; private set; }

    /// <summary>Records that the stall was announced before the delivery had to wait.</summary>
    public void StalledBefore() => HasStalled = true;

    public IEnumerable<string> OpenFiles =>
        files.Values.Where(file => file.IsOpen).Select(file => (file.Below.IsRoot ? Root : file.Below).ToString());

    /// <summary>
    /// Gets what is wrong with single files and with the whole: the first findings, and how many more there are.
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

    /// <summary>Gets whether there is a file to take for reading.</summary>
    public bool HasWork => work.Count > 0 && !WantsNoMore;

    public Ripeness RipenessAt(long now) => patience.At(LastByte.Monotonic, now);

    public DeliveredFile? At(RawPath path) => bySpan.TryGetValue(Below(path), out var file) ? file : null;

    /// <summary>Records a change beside the delivery that affects its verdict: an outer HASH, or the rules.</summary>
    public void Changed(ClockReading now)
    {
        LastByte = now;
        last = isSetAside = false;
        Retry();
    }

    /// <summary>Allows another verdict, although one was tried already.</summary>
    public void Retry()
    {
        triedWhole = triedQuiet = false;
        if (State != DeliveryState.Judging) State = DeliveryState.Arriving;
    }

    /// <summary>Returns the next file to read (closed, and not being read); null if there is none.</summary>
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

    /// <summary>Returns the next file that is gone, whose copy must go too; null if there is none.</summary>
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
    /// Records that a taken file has been read. If the reading must be repeated, it waits for the hint about the
    /// change, or for <see cref="ReadAgain"/>; it does not loop.
    /// </summary>
    /// <returns>False if the file is gone: the caller must remove its copy, if there is one.</returns>
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
            lacksListed |= reading.Manifest is { NamesLeftovers: true };
            if (reading.Entry is { } entry) fulfilment.Place(entry, reading.Manifest);
            else fulfilment.Remove(file.Name);
        }
        if (reading.Finding is { } beyond && beyond.Code == ReasonCode.HashTooLarge.Code()) Excess ??= beyond;
        if (BytesStaged > limits.PackageSize)
            Excess ??= Finding.Of(ReasonCode.PackageTooLarge, null, $"more than {limits.PackageSize} bytes together");
        return true;
    }

    /// <summary>Queues again all files that could not be read before.</summary>
    public void ReadAgain()
    {
        foreach (var file in files.Values) Queue(file);
    }

    /// <summary>Returns the file at a path, and begins to keep it; null if there is no room for it.</summary>
    DeliveredFile? FileAt(RawPath path)
    {
        // An archive is one file; anything below its name now belongs to another delivery.
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
    /// Returns the path below the delivery. It is empty for the delivery's own path: that of an archive, or of a folder
    /// that is a file by now.
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

    /// <summary>Changes a file, keeps the counts right, and queues the file if it must be read.</summary>
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
