using System.Collections.Immutable;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Night;

/// <summary>
/// The stored releases and the two roots, as the decisions of a night need them. What a call has done is on stable
/// storage when it returns; where the disk refuses it throws an <see cref="IOException"/>, and the same call may be
/// made again.
/// </summary>
public interface IReleases
{
    /// <summary>Gets all stored releases, the newest first.</summary>
    IReadOnlyList<Release> Sealed { get; }

    /// <summary>Returns what a root serves; null: the notice page.</summary>
    Release? Live(Root root);

    /// <summary>Returns what a root served before.</summary>
    Release? Previous(Root root);

    /// <summary>Tells whether a root serves a release now, or would go back to it.</summary>
    bool IsServed(Release release);

    OperatorChoice? Choice(Root root);

    void Choose(Root root, OperatorChoice? choice);

    /// <summary>Makes a release what the root serves.</summary>
    /// <returns>The release as it is served: its modification times may have moved.</returns>
    Release Publish(Release release, Root root, DateTimeOffset now);

    /// <summary>Goes back to a stored release.</summary>
    /// <param name="newest">The newest release that counts: it, and what is older, is not published by itself any
    /// more.</param>
    /// <param name="hold">Until the operator resumes, nothing is published by itself.</param>
    Activation Activate(Release stored, Root root, ReleaseRank? newest, bool hold, string reason, DateTimeOffset now);

    /// <summary>Takes a root down to its notice page.</summary>
    void Withdraw(Root root);

    /// <summary>Gives a release that waits for trusted time its root.</summary>
    Release Assign(Release release, Root destination);

    void Remove(IReadOnlyList<Release> unwanted);

    /// <summary>Removes old releases.</summary>
    /// <param name="keep">How many stay.</param>
    /// <param name="waiting">What stays, however old.</param>
    IReadOnlyList<Release> Prune(int keep, IReadOnlySet<ReleaseId> waiting);

    /// <summary>Removes the oldest of what was set aside.</summary>
    /// <param name="keep">How many stay.</param>
    /// <param name="size">Bytes that may stay.</param>
    IReadOnlyList<string> PruneQuarantine(int keep, long size);
}

/// <summary>A verified package's files on disk, which are not a release yet.</summary>
public interface IStagedPackage
{
    /// <summary>Makes a release of them.</summary>
    /// <param name="destination">The only root that it may go to; null while trusted time has not told yet.</param>
    /// <param name="future">Its corte lies in the future.</param>
    Release Seal(Verdict verdict, Root? destination, bool future, DateTimeOffset now);

    /// <summary>Sets them aside with their verdict.</summary>
    /// <returns>Where they lie now.</returns>
    string Quarantine(Verdict verdict, DateTimeOffset now);

    /// <summary>Removes them; what they have that the store has lost is taken over first.</summary>
    void DiscardDuplicate();
}

/// <summary>The journal, as it is written.</summary>
public interface IJournal
{
    /// <summary>Gets the last record's number; 0 before the first.</summary>
    long Seq { get; }

    /// <summary>Gets the last record's head: hex SHA-256.</summary>
    string Head { get; }

    /// <summary>Writes one event and returns when it is on stable storage.</summary>
    /// <exception cref="IOException">It is not: nothing that it would allow may be done.</exception>
    JournalRecord Append(AgentEvent happened, DateTimeOffset? trusted, DateTimeOffset system);
}

/// <summary>The acuses. They are no part of the proof: where one cannot be written the night goes on.</summary>
public interface IReceipts
{
    void Write(string delivery, PackageState state, Verdict verdict, DateTimeOffset at);

    /// <summary>Writes the acuse of a release whose state has changed since its verdict.</summary>
    /// <param name="isLast">False: <c>ultimo.json</c> stays what it is.</param>
    void Write(Release release, PackageState state, DateTimeOffset at, bool isLast = true);
}

/// <summary>What receives deliveries, as an operator's commands need it.</summary>
public interface IReceiver
{
    /// <summary>Judges again whatever was rejected.</summary>
    void Rejudge();

    /// <summary>Has a package at a path verified, on another thread: the verdict comes back as a signal.</summary>
    void Judge(PublishByHand action, OperatorRequest request);
}

/// <summary>Reads all clocks of the host at one instant.</summary>
public delegate ClockReading ReadClocks();

/// <summary>What going back to a stored release gave.</summary>
/// <param name="Release">The new release with the old one's bytes; null: it could not be made.</param>
/// <param name="Damaged">The files whose vault copy no longer proves true.</param>
public sealed record Activation(Release? Release, ImmutableArray<RelativePath> Damaged);
