using System.Runtime.InteropServices;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux;

/// <summary>
/// A judged delivery's files, to see whether any of them has changed since. It stays in memory as long as the delivery in the drop, so of
/// each path only a hash of 64 bits is kept, seeded anew with each start.
/// </summary>
sealed class JudgedFiles
{
    readonly Dictionary<ulong, FileIdentity> files;
    readonly HashSet<ulong> folders = [];

    JudgedFiles(RawPath root, bool accepted, IReadOnlyCollection<(RawPath Path, FileIdentity Identity)> files)
    {
        this.files = new(files.Count);
        var fingerprint = new Fingerprint();
        foreach (var (path, identity) in files)
        {
            fingerprint.Add(path, identity);
            this.files.Add(Hash(path.Bytes), identity);
            for (var slash = path.Bytes.LastIndexOf('/'); slash > 0 && folders.Add(Hash(path.Bytes.AsSpan(0, slash)));) slash = path.Bytes.LastIndexOf('/', slash - 1);
        }
        Memory = new JudgedDelivery(root, fingerprint.ToString(), accepted);
    }

    public JudgedDelivery Memory { get; private set; }
    public int Count => files.Count;

    /// <summary>Nanoseconds of CLOCK_MONOTONIC.</summary>
    public required long LastChange { get; set; }

    /// <summary>How many of the files the present look has found unchanged; negative where it found a change.</summary>
    public int Found { get; set; }

    /// <summary>It had more files than the limits allow, and these are not all: of others nothing is known.</summary>
    public bool IsPartial { get; init; }

    public bool Has(RawPath path) => files.ContainsKey(Hash(path.Bytes));

    /// <summary>Whether any of them lies beneath a folder.</summary>
    public bool HasIn(RawPath folder) => folder.IsRoot || folders.Contains(Hash(folder.Bytes));

    public bool IsUnchanged(RawPath path, in FileIdentity identity) =>
        files.TryGetValue(Hash(path.Bytes), out var known) ? known.SameContents(identity) : IsPartial;

    public static JudgedFiles Of(RawPath root, bool accepted, IReadOnlyCollection<(RawPath Path, FileIdentity Identity)> files, long lastChange) =>
        new(root, accepted, files) { LastChange = lastChange };

    /// <summary>Without the verdict, which <see cref="As"/> adds.</summary>
    public static JudgedFiles Of(Delivery delivery)
    {
        var files = new List<(RawPath, FileIdentity)>(delivery.Files.Count);
        foreach (var file in delivery.Files)
            if (file.Identity is { } identity) files.Add((file.Path, identity));
        return new(delivery.Root, accepted: false, files) { LastChange = delivery.LastByte.Monotonic, IsPartial = delivery.Excess is not null };
    }

    public JudgedFiles As(bool accepted)
    {
        Memory = Memory with { Accepted = accepted };
        return this;
    }

    static ulong Hash(ReadOnlySpan<char> path)
    {
        var second = new HashCode();
        second.AddBytes(MemoryMarshal.AsBytes(path));
        return ((ulong)(uint)string.GetHashCode(path) << 32) | (uint)second.ToHashCode();
    }
}
