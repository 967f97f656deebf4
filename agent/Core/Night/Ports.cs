using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Night;

/// <summary>
/// The stored releases and the two roots, as the decisions of a night need them. When a call returns, its work is on
/// stable storage. If the disk refuses, it throws an <see cref="IOException"/>, and the same call may be repeated.
/// </summary>
public interface IReleases
{
    /// <summary>Gets all stored releases, newest first.</summary>
    IReadOnlyList<Release> Sealed { get; }

    /// <summary>Returns the release that a root serves; null means the notice page.</summary>
    Release? Live(Root root);

    /// <summary>Returns the release that a root served before.</summary>
    Release? Previous(Root root);

    /// <summary>Returns whether a root serves a release now, or would go back to it.</summary>
    bool IsServed(Release release);

    OperatorChoice? Choice(Root root);

    void Choose(Root root, OperatorChoice? choice);

    /// <summary>
    /// Makes a release the one that the root serves. After a crash or a fault in between, the same call finishes the
    /// work.
    /// </summary>
    /// <returns>The release as it is served: its modification times may have changed.</returns>
    Release Publish(Release release, Root root, DateTimeOffset now);

    /// <summary>Goes back to a stored release.</summary>
    /// <param name="newest">The newest release that counts: neither it nor an older one is published automatically any
    /// more.</param>
    /// <param name="hold">Whether nothing is published automatically until the operator resumes.</param>
    Activation Activate(Release stored, Root root, ReleaseRank? newest, bool hold, string reason, DateTimeOffset now);

    /// <summary>Takes a root down to its notice page.</summary>
    void Withdraw(Root root);

    /// <summary>Gives a root to a release that waits for trusted time.</summary>
    Release Assign(Release release, Root destination);

    void Remove(IReadOnlyList<Release> unwanted);

    /// <summary>Removes old releases.</summary>
    /// <param name="keep">How many stay.</param>
    /// <param name="waiting">The releases that stay, however old.</param>
    IReadOnlyList<Release> Prune(int keep, IReadOnlySet<ReleaseId> waiting);

    /// <summary>Removes the oldest entries of the quarantine.</summary>
    /// <param name="keep">How many stay.</param>
    /// <param name="size">How many bytes may stay.</param>
    IReadOnlyList<string> PruneQuarantine(int keep, long size);
}

/// <summary>The files of a verified package on disk, which are not a release yet.</summary>
public interface IStagedPackage
{
    /// <summary>Makes a release of them.</summary>
    /// <param name="destination">The only root that it may go to; null while trusted time has not decided yet.</param>
    /// <param name="future">Whether its corte is in the future.</param>
    Release Seal(Verdict verdict, Root? destination, bool future, DateTimeOffset now);

    /// <summary>Moves them to quarantine with their verdict.</summary>
    /// <returns>Where they are now.</returns>
    string? Quarantine(Verdict verdict, DateTimeOffset now);

    /// <summary>Removes them; contents that the store has lost are taken over first.</summary>
    void DiscardDuplicate();
}

/// <summary>The journal, for writing.</summary>
public interface IJournal
{
    /// <summary>Gets the number of the last record; 0 before the first.</summary>
    long Seq { get; }

    /// <summary>Gets the head of the last record: SHA-256 in hex.</summary>
    string Head { get; }

    /// <summary>Writes one event and returns when it is on stable storage.</summary>
    /// <exception cref="IOException">It is not: what it would allow must not be done.</exception>
    JournalRecord Append(AgentEvent happened, DateTimeOffset? trusted, DateTimeOffset system);
}

/// <summary>Writes the acuses. They are not part of the proof: if one cannot be written, the night goes on.</summary>
public interface IReceipts
{
    /// <param name="isRehearsal">Whether the delivery belongs to a rehearsal.</param>
    void Write(string delivery, PackageState state, Verdict verdict, DateTimeOffset at, bool isRehearsal);

    /// <summary>Writes the acuse of a release whose state has changed since its verdict.</summary>
    /// <param name="isLast">False means that <c>ultimo.json</c> stays unchanged.</param>
    /// <param name="reason">Why it is rejected; null in any other state.</param>
    void Write(
        Release release, PackageState state, DateTimeOffset at, bool isLast = true, Finding? reason = null);
}

/// <summary>The receiver of deliveries, as an operator's commands need it.</summary>
public interface IReceiver
{
    /// <summary>Judges again everything that was rejected.</summary>
    void Rejudge();

    /// <summary>
    /// Starts the verification of a package at a path, on another thread: the verdict comes back as a signal.
    /// </summary>
    void Judge(PublishByHand action, OperatorRequest request);
}

/// <summary>Reads all clocks of the host at one instant.</summary>
public delegate ClockReading ReadClocks();

/// <summary>The result of going back to a stored release.</summary>
/// <param name="Release">The new release with the old one's bytes; null if it could not be made.</param>
/// <param name="Damaged">The files whose vault copy has no longer the right digest.</param>
public sealed record Activation(Release? Release, ImmutableArray<RelativePath> Damaged);
