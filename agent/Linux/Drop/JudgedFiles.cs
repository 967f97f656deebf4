using System.Runtime.InteropServices;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux;

/// <summary>
/// A judged delivery's files, to see whether any of them has changed since. It stays in memory as long as the delivery in the drop, so of
/// each path and each identity only a hash of 64 bits is kept, seeded anew with each start.
/// </summary>
sealed class JudgedFiles
{
    /// <summary>Two paths of one hash: nobody can say any more which of them is unchanged.</summary>
    const ulong Unknowable = 0;

    readonly Dictionary<ulong, Mark> files;
    readonly HashSet<ulong> folders = [];
    readonly Func<RawPath, ulong> hash;

    record struct Mark(ulong Identity, long Look);

    JudgedFiles(RawPath root, bool accepted, IReadOnlyCollection<(RawPath Path, FileIdentity Identity)> files, Func<RawPath, ulong>? hash = null)
    {
        this.hash = hash ?? (path => Hash(path.Bytes));
        this.files = new(files.Count);
        var fingerprint = new Fingerprint();
        Dictionary<RawPath, FileIdentity>? byPath = null;
        foreach (var (path, identity) in files)
        {
            var key = this.hash(path);
            if (!this.files.TryAdd(key, new Mark(Hash(identity), 0)))
            {
                // A folder that changes while it is listed may show a name twice (seen on XFS): that is one file.
                byPath ??= FirstOfEach(files);
                if (byPath[path] != identity || this.files[key].Identity != Hash(identity)) this.files[key] = new Mark(Unknowable, 0);
                continue;
            }
            fingerprint.Add(path, identity);
            for (var slash = path.Bytes.LastIndexOf('/'); slash > 0 && folders.Add(Hash(path.Bytes.AsSpan(0, slash)));) slash = path.Bytes.LastIndexOf('/', slash - 1);
        }
        Memory = new JudgedDelivery(root, fingerprint.ToString(), accepted);
        Count = this.files.Count;
    }

    public JudgedDelivery Memory { get; private set; }
    public int Count { get; }

    /// <summary>Nanoseconds of CLOCK_MONOTONIC.</summary>
    public required long LastChange { get; set; }

    /// <summary>How many of the files the present look has found unchanged; negative where it found a change.</summary>
    public int Found { get; private set; }

    /// <summary>It is to be judged again at the next look, though it is the same.</summary>
    public bool IsWantedAgain { get; set; }

    /// <summary>It had more files than the limits allow, and these are not all: of others nothing is known.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Whether the look that has just ended has found all of it as it was.</summary>
    public bool IsAsItWas => Found == Count || (IsPartial && Found > 0);

    public bool Has(RawPath path) => files.ContainsKey(hash(path));

    /// <summary>Whether any of them lies beneath a folder.</summary>
    public bool HasIn(RawPath folder) => folder.IsRoot || folders.Contains(Hash(folder.Bytes));

    public bool IsUnchanged(RawPath path, in FileIdentity identity) =>
        files.TryGetValue(hash(path), out var known) ? known.Identity != Unknowable && known.Identity == Hash(identity) : IsPartial;

    public void BeginLook() => Found = 0;

    /// <summary>A look has seen a file; one that it sees twice counts once.</summary>
    /// <returns>False: it has changed, and no more need be seen.</returns>
    public bool Saw(RawPath path, in FileIdentity identity, long look)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(files, hash(path));
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref known)) return IsPartial || Differs();
        if (known.Identity == Unknowable || known.Identity != Hash(identity)) return Differs();
        if (known.Look != look) Found++;
        known.Look = look;
        return true;
    }

    public static JudgedFiles Of(
        RawPath root, bool accepted, IReadOnlyCollection<(RawPath Path, FileIdentity Identity)> files, long lastChange, Func<RawPath, ulong>? hash = null) =>
        new(root, accepted, files, hash) { LastChange = lastChange };

    /// <summary>Without the verdict, which <see cref="As"/> adds.</summary>
    public static JudgedFiles Of(Delivery delivery)
    {
        var files = new List<(RawPath, FileIdentity)>(delivery.Files.Count);
        foreach (var file in delivery.Files)
            if (file.Identity is { } identity) files.Add((file.Path, identity));
        return new(delivery.Root, accepted: false, files) { LastChange = delivery.LastByte.Monotonic, IsPartial = delivery.Excess is not null };
    }

    public JudgedFiles As(bool accepted, Packages.Corte? later = null)
    {
        Memory = Memory with { Accepted = accepted, Later = later };
        return this;
    }

    bool Differs()
    {
        Found = -1;
        return false;
    }

    static Dictionary<RawPath, FileIdentity> FirstOfEach(IEnumerable<(RawPath Path, FileIdentity Identity)> files)
    {
        var first = new Dictionary<RawPath, FileIdentity>();
        foreach (var (path, identity) in files) first.TryAdd(path, identity);
        return first;
    }

    static ulong Hash(ReadOnlySpan<char> path)
    {
        var second = new HashCode();
        second.AddBytes(MemoryMarshal.AsBytes(path));
        return ((ulong)(uint)string.GetHashCode(path) << 32) | (uint)second.ToHashCode();
    }

    static ulong Hash(in FileIdentity identity)
    {
        var first = HashCode.Combine(identity.Inode, identity.Device, identity.Kind, identity.Size, identity.MtimeNanos, identity.CtimeNanos);
        var second = HashCode.Combine(identity.CtimeNanos, identity.MtimeNanos, identity.Size, identity.Kind, identity.Device, identity.Inode);
        var both = ((ulong)(uint)first << 32) | (uint)second;
        return both == Unknowable ? 1 : both;
    }
}
