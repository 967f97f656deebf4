using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Packages;
using Difusor.Agent.Packages.Archives;

namespace Difusor.Agent.Linux.Drop;

/// <summary>A delivery that is being received: its state, and the tree that its files are staged into.</summary>
sealed class Reception(Delivery delivery, string name)
{
    public Delivery Delivery { get; } = delivery;

    /// <summary>Its name in the drop, printable.</summary>
    public string Name { get; } = name;

    public StagingTree? Tree { get; set; }

    /// <summary>The order in which deliveries were first seen.</summary>
    public required long Number { get; init; }

    /// <summary>The digits of its name.</summary>
    public DateTime? Stamp { get; } = PackageName.Read(name).Stamp;

    /// <summary>What its name says of its corte, as things stand.</summary>
    public Promise Promise { get; set; }

    /// <summary>Its turn; null while it waits, and holds neither a tree nor a descriptor.</summary>
    public Slice? Slice { get; set; }

    /// <summary>How often it has given way because it kept most of what all may keep.</summary>
    public int GaveWay { get; init; }

    /// <summary>Where it gives way, that is for what it keeps itself, and not because another keeps too much.</summary>
    public bool IsToBlame { get; set; } = true;

    /// <summary>
    /// Bytes of the disk that it has taken: each of its files is written twice, to its tree and to the vault.
    /// </summary>
    public long Taken => 2 * (Tree?.BytesWritten ?? 0);

    /// <summary>Bytes of the disk that were too few for it when it gave way; null: it did not lack those.</summary>
    public long? Spare { get; set; }

    /// <summary>It has lacked room on the disk, before it was received anew or now.</summary>
    public bool LacksRoom { get => field || Spare is not null; init; }

    /// <summary>How often its time was up before it had its verdict.</summary>
    public int Turns { get; set; }

    /// <summary>Files of it that workers have, or that wait for one.</summary>
    public int Outstanding { get; set; }

    /// <summary>The same as the workers count it: at zero the receiving thread hears of it at once.</summary>
    public int Unread;

    /// <summary>Of one that gives its place up: it had nothing to do.</summary>
    public bool WaitsAfter { get; set; }

    /// <summary>
    /// At its place lies something of another form by now: a folder where an archive was, or the reverse.
    /// </summary>
    public bool IsOutdated { get; set; }

    /// <summary>A list beside it says something else since its verdict was begun.</summary>
    public bool IsWantedAgain { get; set; }

    /// <summary>
    /// It has nothing done before this instant: it has had many verdicts (nanoseconds of CLOCK_MONOTONIC).
    /// </summary>
    public long NotBefore { get; set; }

    /// <summary>It had a verdict that was not told, for there were too many.</summary>
    public bool IsPutOff { get; set; }

    /// <summary>The delivery's files as they were at its last verdict; null where it is new.</summary>
    public JudgedFiles? Before { get; init; }

    /// <summary>
    /// Nothing has come yet since that verdict, files have only gone: a removal of it, most likely, and no new
    /// delivery.
    /// </summary>
    public bool OnlyLosses { get; set; }

    public bool IsAnnounced { get; set; }

    /// <summary>
    /// It was given up because of an error that nobody foresaw: what is still heard of it is of no use.
    /// </summary>
    public bool IsSetAside { get; set; }

    /// <summary>
    /// An archive's contents, as they were unpacked last; null for a folder, and where it is yet to be unpacked.
    /// </summary>
    public UnpackedArchive? Archive { get; set; }

    /// <summary>The corte of what has stalled, where it is known.</summary>
    public Corte? StalledCorte { get; set; }

    /// <summary>Hints that came while a verdict was being made.</summary>
    public List<Hint> Deferred { get; } = [];
}

/// <summary>
/// What unpacking an archive gave, and by which digests it can be compared with the HASH files beside it.
/// </summary>
/// <param name="Own">The archive's own digest.</param>
sealed record UnpackedArchive(Unpacking Unpacking, Func<DigestAlgorithm, Digest> Own);
