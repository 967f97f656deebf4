using System.Buffers.Binary;
using System.Collections;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Holds a judged delivery's files, to see whether any of them has changed since. It stays in memory as long as the
/// delivery lies in the drop, so of each path and each identity only a hash of 64 bits is kept, with a new seed at each
/// start.
/// </summary>
sealed class JudgedFiles
{
    /// <summary>Two paths of one hash: which of them is unchanged cannot be told any more.</summary>
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

    /// <summary>Takes a delivery's files one after the other, and keeps no path of them.</summary>
    /// <param name="hash">Of a path; null: the usual one.</param>
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

    /// <summary>Nanoseconds of CLOCK_MONOTONIC.</summary>
    public required long LastChange { get; set; }

    /// <summary>How many of the files the present look has found unchanged; negative where it found a change.</summary>
    public int Found { get; private set; }

    /// <summary>
    /// A list beside it says something else since, or other rules hold: the next look has it judged again.
    /// </summary>
    public bool IsWantedAgain { get; set; }

    /// <summary>It had more files than the limits allow, and these are not all: of others nothing is known.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Whether the look that has just ended has found all of it as it was.</summary>
    public bool IsAsItWas => Found == Count || (IsPartial && Found > 0);

    public bool Has(RawPath path) => At(path) >= 0;

    /// <summary>Whether any of them lies beneath a folder.</summary>
    public bool HasIn(RawPath folder) => folder.IsRoot || folders.Contains(Hash(folder.Bytes));

    public bool IsUnchanged(RawPath path, in FileIdentity identity) =>
        At(path) is var at and >= 0 ? Is(at, identity) : IsPartial;

    public void BeginLook()
    {
        Found = 0;
        seen = new BitArray(Count);
    }

    /// <summary>A look has seen a file; one that it sees twice counts once.</summary>
    /// <returns>False: it has changed, and no more need be seen.</returns>
    public bool Saw(RawPath path, in FileIdentity identity)
    {
        if (At(path) is not (var at and >= 0)) return IsPartial || Differs();
        if (!Is(at, identity)) return Differs();
        if (!seen![at]) Found++;
        seen[at] = true;
        return true;
    }

    public void EndLook() => seen = null;

    /// <summary>Without the verdict, which <see cref="As"/> adds.</summary>
    public static JudgedFiles Of(Delivery delivery)
    {
        var files = new Gathering(delivery.Files.Count);
        foreach (var file in delivery.Files)
            if (file.Identity is { } identity) files.Add(file.Path, identity);
        return files.Of(delivery.Root, accepted: false, delivery.LastByte.Monotonic, delivery.Excess is not null);
    }

    public JudgedFiles As(bool accepted, Packages.Corte? later = null)
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

    /// <summary>Hashes what <see cref="FileIdentity.SameContents"/> compares.</summary>
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
