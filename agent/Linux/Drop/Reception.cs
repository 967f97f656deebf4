using Difusor.Agent.Drop;
using Difusor.Agent.Packages;
using Difusor.Agent.Packages.Archives;

namespace Difusor.Agent.Linux;

/// <summary>A delivery that is being received: its state, and the tree that its files are staged into.</summary>
sealed class Reception(Delivery delivery, string name)
{
    public Delivery Delivery { get; } = delivery;

    /// <summary>Its name in the drop, printable.</summary>
    public string Name { get; } = name;

    public StagingTree? Tree { get; set; }

    /// <summary>The delivery's files as they were at its last verdict; null where it is new.</summary>
    public JudgedFiles? Before { get; init; }

    /// <summary>Nothing has come yet since that verdict, files have only gone: a removal of it, most likely, and no new delivery.</summary>
    public bool OnlyLosses { get; set; }

    public bool IsAnnounced { get; set; }

    /// <summary>An archive's contents, as they were unpacked last; null for a folder, and where it is yet to be unpacked.</summary>
    public UnpackedArchive? Archive { get; set; }

    /// <summary>The corte of what has stalled, where it is known.</summary>
    public Corte? StalledCorte { get; set; }

    /// <summary>Hints that came while a verdict was being made.</summary>
    public List<Hint> Deferred { get; } = [];
}

/// <summary>What unpacking an archive gave, and by which digests it can be compared with the HASH files beside it.</summary>
/// <param name="Own">The archive's own digest.</param>
sealed record UnpackedArchive(Unpacking Unpacking, Func<DigestAlgorithm, Digest> Own);

/// <summary>A judged delivery's files, to see whether any of them has changed since.</summary>
sealed class JudgedFiles(JudgedDelivery memory, Dictionary<RawPath, FileIdentity> files)
{
    public JudgedDelivery Memory { get; private set; } = memory;
    public Dictionary<RawPath, FileIdentity> Files { get; } = files;

    /// <summary>Nanoseconds of CLOCK_MONOTONIC.</summary>
    public required long LastChange { get; set; }

    /// <summary>How many of the files the present look has found unchanged; negative where it found a change.</summary>
    public int Found { get; set; }

    /// <summary>It had more files than the limits allow, and these are not all: of others nothing is known.</summary>
    public bool IsPartial { get; init; }

    public bool IsUnchanged(RawPath path, in FileIdentity identity) =>
        Files.TryGetValue(path, out var known) ? known.SameContents(identity) : IsPartial;

    public static JudgedFiles Of(RawPath root, bool accepted, Dictionary<RawPath, FileIdentity> files, long lastChange, bool isPartial = false)
    {
        var fingerprint = new Fingerprint();
        foreach (var (path, identity) in files) fingerprint.Add(path, identity);
        return new JudgedFiles(new JudgedDelivery(root, fingerprint.ToString(), accepted), files) { LastChange = lastChange, IsPartial = isPartial };
    }

    public JudgedFiles As(bool accepted)
    {
        Memory = Memory with { Accepted = accepted };
        return this;
    }

    /// <summary>Without the verdict, which <see cref="As"/> adds.</summary>
    public static JudgedFiles Of(Delivery delivery)
    {
        var files = new Dictionary<RawPath, FileIdentity>(delivery.Files.Count);
        foreach (var file in delivery.Files)
            if (file.Identity is { } identity) files.Add(file.Path, identity);
        return Of(delivery.Root, accepted: false, files, delivery.LastByte.Monotonic, isPartial: delivery.Excess is not null);
    }
}
