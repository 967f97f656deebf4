using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Packages.Archives;

namespace Difusor.Agent.Linux.Drop;

/// <summary>A delivery that is being received: its state, and the tree that its files are staged into.</summary>
sealed class Reception(Delivery delivery, string name)
{
    public Delivery Delivery { get; } = delivery;

    /// <summary>Gets its name in the drop, printable.</summary>
    public string Name { get; } = name;

    public StagingTree? Tree { get; set; }

    /// <summary>Gets its number in the order in which deliveries were first seen.</summary>
    public required long Number { get; init; }

    /// <summary>Gets what its name says.</summary>
    public PackageName Named { get; } = PackageName.Read(name);

    /// <summary>
    /// Gets or sets when it was last looked at because it may have no watch (nanoseconds of CLOCK_MONOTONIC).
    /// </summary>
    public long LookedAt { get; set; }

    /// <summary>Gets or sets what its name promises about its corte at this moment.</summary>
    public Promise Promise { get; set; }

    /// <summary>Gets or sets its turn; null while it waits, and holds neither a tree nor a descriptor.</summary>
    public Slice? Slice { get; set; }

    /// <summary>Gets how often it has given way because it kept most of what all may keep together.</summary>
    public int GaveWay { get; init; }

    /// <summary>
    /// Gets or sets whether it gives way because of what it keeps itself, and not because another keeps too much.
    /// </summary>
    public bool IsToBlame { get; set; } = true;

    /// <summary>
    /// Gets the bytes of disk that it has taken: each of its files is written twice, to its tree and to the vault.
    /// </summary>
    public long Taken => 2 * (Tree?.BytesWritten ?? 0);

    /// <summary>
    /// Gets or sets the bytes of disk that were too few for it when it gave way; null: it did not lack disk space.
    /// </summary>
    public long? Spare { get; set; }

    /// <summary>Gets whether it has lacked room on the disk, now or before it was received again.</summary>
    public bool LacksRoom { get => field || Spare is not null; init; }

    /// <summary>Gets or sets how often its time was up before it had its verdict.</summary>
    public int Turns { get; set; }

    /// <summary>Gets or sets how many of its files workers have, or will have soon.</summary>
    public int Outstanding { get; set; }

    /// <summary>The same number as the workers count it. At zero they wake the receiving thread at once.</summary>
    public int Unread;

    /// <summary>Gets or sets whether it had nothing to do when it gave up its place.</summary>
    public bool WaitsAfter { get; set; }

    /// <summary>
    /// Gets or sets whether something of another form lies in its place by now: a folder where an archive was, or the
    /// reverse.
    /// </summary>
    public bool IsOutdated { get; set; }

    /// <summary>Gets or sets whether a list beside it says something else since its verdict was begun.</summary>
    public bool IsWantedAgain { get; set; }

    /// <summary>
    /// Gets or sets the instant before which nothing is done for it, because it has had many verdicts (nanoseconds of
    /// CLOCK_MONOTONIC).
    /// </summary>
    public long NotBefore { get; set; }

    /// <summary>Gets or sets whether it had a verdict that was not posted, because there were too many.</summary>
    public bool IsPutOff { get; set; }

    /// <summary>Gets the files of the delivery as they were at its last verdict; null where it is new.</summary>
    public JudgedFiles? Before { get; init; }

    /// <summary>
    /// Gets or sets whether only files have gone, and none has come, since its last verdict. Then the sender most
    /// likely removes it, and it is no new delivery.
    /// </summary>
    public bool OnlyLosses { get; set; }

    /// <summary>Gets or sets whether loose files lay beside it in the drop when its verdict was begun.</summary>
    public bool IsAmongLooseFiles { get; set; }

    public bool IsAnnounced { get; set; }

    /// <summary>
    /// Gets or sets whether it was set aside after an unexpected error. What workers still report of it is ignored.
    /// </summary>
    public bool IsSetAside { get; set; }

    /// <summary>
    /// Gets or sets what was last unpacked of an archive; null for a folder, and for an archive that is not unpacked
    /// yet.
    /// </summary>
    public UnpackedArchive? Archive { get; set; }

    /// <summary>Gets or sets the corte of a delivery that has stalled, where it is known.</summary>
    public Corte? StalledCorte { get; set; }

    /// <summary>Gets the hints that came while a verdict was being made.</summary>
    public List<Hint> Deferred { get; } = [];
}

/// <summary>
/// The result of unpacking an archive, and the digests by which it is compared with the HASH files beside it.
/// </summary>
/// <param name="Own">Returns the archive's own digest; null where its contents are not read.</param>
sealed record UnpackedArchive(Unpacking Unpacking, Func<DigestAlgorithm, Digest>? Own);
