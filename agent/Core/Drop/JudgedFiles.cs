using System.Buffers.Binary;
using System.Collections;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Difusor.Agent.Drop;

/// <summary>
/// Holds the files of a judged delivery, to find out whether any of them has changed since. It stays in memory as long
/// as the delivery lies in the drop, so it keeps only a hash of 64 bits of each path and each identity, with a new seed
/// at each start.
/// </summary>
sealed class JudgedFiles
{
    /// <summary>Marks two paths with the same hash: it cannot be known any more which of them is unchanged.</summary>
    const ulong Unknowable = 0;

    static readonly long Seed = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    readonly ulong[] paths, identities; // in the order of the paths' hashes
    readonly HashSet<ulong> folders;
    readonly Func<RawPath, ulong> hash;
    BitArray? seen;

    JudgedFiles(
        JudgedDelivery memory, Dictionary<ulong, ulong> files, HashSet<ulong> folders, Func<RawPath, ulong> hash)
    {
        (Memory, this.folders, this.hash) = (memory, folders, hash);
        (paths, identities) = ([.. files.Keys], [.. files.Values]);
        Array.Sort(paths, identities);
    }

    /// <summary>Takes the files of a delivery one after the other, without keeping their paths.</summary>
    /// <param name="hash">Hashes a path; null: the usual hash.</param>
    public sealed class Gathering(int expected = 0, Func<RawPath, ulong>? hash = null)
    {
        readonly Func<RawPath, ulong> hash = hash ?? (path => Hash(path.Bytes));
        readonly Dictionary<ulong, ulong> files = new(expected);
        readonly HashSet<ulong> folders = [];
        readonly Fingerprint fingerprint = new();

        public int Count => files.Count;

        /// <summary>
        /// Adds a file. A folder that changes while it is listed may show a name twice (seen on XFS): that is one file.
        /// </summary>
        public void Add(RawPath path, in FileIdentity identity)
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(files, hash(path), out var isKnown);
            if (isKnown)
            {
                if (known != Hash(identity)) known = Unknowable;
                return;
            }
            known = Hash(identity);
            fingerprint.Add(path, identity);
            for (var slash = path.Bytes.LastIndexOf('/'); slash > 0 && folders.Add(Hash(path.Bytes.AsSpan(0, slash)));)
                slash = path.Bytes.LastIndexOf('/', slash - 1);
        }

        public JudgedFiles Of(RawPath root, bool accepted, long lastChange, bool isPartial = false) =>
            new(new JudgedDelivery(root, fingerprint.ToString(), accepted), files, folders,
                hash) { LastChange = lastChange, IsPartial = isPartial };
    }

    public JudgedDelivery Memory { get; private set; }
    public int Count => paths.Length;

    /// <summary>Gets or sets when the delivery last changed (nanoseconds of CLOCK_MONOTONIC).</summary>
    public required long LastChange { get; set; }

    /// <summary>
    /// Gets how many of the files this look has found unchanged; negative where it has found a change.
    /// </summary>
    public int Found { get; private set; }

    /// <summary>
    /// Gets or sets whether the next look has it judged again, because a list beside it now says something else or the
    /// rules have changed.
    /// </summary>
    public bool IsWantedAgain { get; set; }

    /// <summary>
    /// Gets whether it had more files than the limits allow: then only some of them are held here, and nothing is known
    /// of the others.
    /// </summary>
    public bool IsPartial { get; init; }

    /// <summary>Gets whether the look that has just ended found all of it unchanged.</summary>
    public bool IsAsItWas => Found == Count || (IsPartial && Found > 0);

    public bool Has(RawPath path) => At(path) >= 0;

    /// <summary>Returns whether any of the files lies beneath a folder.</summary>
    public bool HasIn(RawPath folder) => folder.IsRoot || folders.Contains(Hash(folder.Bytes));

    public bool IsUnchanged(RawPath path, in FileIdentity identity) =>
        At(path) is var at and >= 0 ? Is(at, identity) : IsPartial;

    public void BeginLook()
    {
        Found = 0;
        seen = new BitArray(Count);
    }

    /// <summary>Counts a file that a look has seen. A file that is seen twice counts once.</summary>
    /// <returns>False: it has changed, and the look may stop.</returns>
    public bool Saw(RawPath path, in FileIdentity identity)
    {
        if (At(path) is not (var at and >= 0)) return IsPartial || Differs();
        if (!Is(at, identity)) return Differs();
        if (!seen![at]) Found++;
        seen[at] = true;
        return true;
    }

    public void EndLook() => seen = null;

    /// <summary>Returns the files of a delivery, without the verdict, which <see cref="As"/> adds.</summary>
    public static JudgedFiles Of(Delivery delivery)
    {
        var files = new Gathering(delivery.Files.Count);
        foreach (var file in delivery.Files)
            // A look takes no notice of what is passed over, even where a HASH lists it: that HASH changes with it.
            if (file.Identity is { } identity && !delivery.IsPassedOverByName(file, identity.Kind))
                files.Add(file.Path, identity);
        return files.Of(delivery.Root, accepted: false, delivery.LastByte.Monotonic, delivery.Excess is not null);
    }

    public JudgedFiles As(bool accepted, Corte? later = null)
    {
        Memory = Memory with { Accepted = accepted, Later = later };
        return this;
    }

    bool Is(int at, in FileIdentity identity) => identities[at] != Unknowable && identities[at] == Hash(identity);

    bool Differs()
    {
        Found = -1;
        return false;
    }

    int At(RawPath path) => Array.BinarySearch(paths, hash(path));

    /// <summary>Hashes the fields that <see cref="FileIdentity.SameContents"/> compares.</summary>
    static ulong Hash(in FileIdentity identity)
    {
        ReadOnlySpan<ulong> fields =
            [identity.Device, identity.Inode, (ulong)identity.Kind, (ulong)identity.Size, (ulong)identity.MtimeNanos,
                (ulong)identity.CtimeNanos];
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(fields), Seed);
    }

    static ulong Hash(ReadOnlySpan<char> path)
    {
        var second = new HashCode();
        second.AddBytes(MemoryMarshal.AsBytes(path));
        return ((ulong)(uint)string.GetHashCode(path) << 32) | (uint)second.ToHashCode();
    }
}
