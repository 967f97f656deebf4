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
