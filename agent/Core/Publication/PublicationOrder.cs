using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Publication;

/// <summary>
/// What is to become of an accepted package: the closed set of the contract's section 6, "Not rejections".
/// </summary>
public abstract record Decision
{
    public sealed record Publish : Decision;
    public sealed record Hold(HoldReason Reason) : Decision;
    /// <param name="By">The newer one, because of which it is not published.</param>
    public sealed record Superseded(Corte By) : Decision;
    /// <param name="Of">The release with the same bytes.</param>
    public sealed record Duplicate(Release Of) : Decision;
    /// <param name="Published">The series that has this corte already.</param>
    public sealed record UnexpectedSeries(string Published) : Decision;
}

/// <summary>An accepted package that asks to be published.</summary>
/// <param name="Destination">The root that it may go to; null while trusted time has not told yet.</param>
public sealed record Candidate(Corte Corte, string? Series, string ManifestSha256, Root? Destination);

/// <summary>One root as the order sees it, read once per decision.</summary>
/// <param name="Live">What the root serves; null: the notice page.</param>
/// <param name="Sealed">All stored releases that may go to this root, in any order.</param>
/// <param name="ClosedReason">The gate's reason for this root; null: open.</param>
/// <param name="Bound">True time; null while there is none.</param>
public sealed record RootState(
    Release? Live, IReadOnlyList<Release> Sealed, OperatorChoice? Choice, HoldReason? ClosedReason, ClockBound? Bound);

/// <summary>
/// Which release goes out, and which does not: newest corte wins, never backwards by itself (call, I.11).
/// </summary>
public static class PublicationOrder
{
    /// <summary>
    /// A release of the future counts for nothing until a bound shows its time, over a restart too; one that came while
    /// there was no bound is judged by the first that there is. A rehearsal's stamps are its own.
    /// </summary>
    public static bool Counts(Release release, ClockBound? bound) =>
        release.Destination == Root.Rehearsal || !Admission.IsFuture(release.Corte, bound, release.Future);

    /// <summary>What is to become of a package that has just been accepted, before it is sealed.</summary>
    public static Decision Decide(Candidate candidate, RootState root, bool seriesIsNamed)
    {
        var counting = root.Sealed.Where(release => Counts(release, root.Bound)).ToList();
        var same = Twin(candidate, root, counting);
        if (same is not null) return new Decision.Duplicate(same);
        if (candidate.Destination != Root.Rehearsal
            && Admission.IsFuture(candidate.Corte, root.Bound, wasFuture: false)) return new Decision.Hold(
            HoldReason.FutureCorte);
        var newest = Newest(root.Live, counting);
        if (!seriesIsNamed && newest is { Series: { } known } && newest.Corte == candidate.Corte
            && candidate.Series is { } own && own != known)
            return new Decision.UnexpectedSeries(known);
        if (newest is not null && newest.Corte > candidate.Corte) return new Decision.Superseded(newest.Corte);
        if (root.Choice is { Overruled: { } overruled } && overruled.Corte > candidate.Corte)
            return new Decision.Superseded(overruled.Corte);
        if (candidate.Destination is null) return new Decision.Hold(root.ClosedReason ?? HoldReason.RehearsalUndecided);
        if (root.Choice is { Hold: true }) return new Decision.Hold(HoldReason.OperatorHold);
        return root.ClosedReason is { } reason ? new Decision.Hold(reason) : new Decision.Publish();
    }

    /// <summary>
    /// What a root should serve next: the newest stored release that counts, is newer than what is live and was not
    /// overruled by an operator. Asked at start, at the opening, when a hold ends and when a bound comes; null: nothing
    /// to do.
    /// </summary>
    public static Release? Due(RootState root)
    {
        if (root.ClosedReason is not null || root.Choice is { Hold: true }) return null;
        var newest = root.Sealed.Where(release => release.Destination is not null && Counts(release, root.Bound))
            .MaxBy(release => release.Rank);
        if (newest is null || (root.Live is { } live && newest.Rank <= live.Rank)) return null;
        return root.Choice is { Overruled: { } overruled } && newest.Rank <= overruled ? null : newest;
    }

    /// <summary>
    /// The releases that may still go out by themselves, the newest first: newer than what is live, not overruled, and
    /// none that a newer corte has superseded as it came. What is newest of them goes out when the gate opens; the
    /// others are superseded then. Those of the future wait for their time.
    /// </summary>
    public static IReadOnlyList<Release> Waiting(RootState root)
    {
        bool CameTooLate(Release release) =>
            root.Sealed.Any(other => other.Corte > release.Corte && other.Sequence < release.Sequence && !other.Future);
        return
        [
            .. root.Sealed.Where(release => (root.Live is not { } live || release.Rank > live.Rank)
                && (root.Choice is not { Overruled: { } overruled } || release.Rank > overruled)
                && !CameTooLate(release)).OrderByDescending(release => release.Rank),
        ];
    }

    /// <summary>
    /// The newest release that counts: what an operator overrules who goes back, or takes the site down. Null: there is
    /// none.
    /// </summary>
    public static ReleaseRank? Newest(RootState root) =>
        Newest(root.Live, [.. root.Sealed.Where(release => Counts(release, root.Bound))])?.Rank;

    /// <summary>Another series than the published one's, at a later corte: published, with a warning.</summary>
    public static bool SeriesChanges(Candidate candidate, Release? live) =>
        live is { Series: { } published } && candidate.Series is { } own && own != published;

    static Release? Newest(Release? live, List<Release> counting)
    {
        var stored = counting.MaxBy(release => release.Rank);
        return live is not null && (stored is null || live.Rank > stored.Rank) ? live : stored;
    }

    /// <summary>
    /// The same bytes again: as the live release, or as the last issue of that corte. Bytes that were replaced by a
    /// reissue are a reissue themselves.
    /// </summary>
    static Release? Twin(Candidate candidate, RootState root, List<Release> counting)
    {
        bool Same(Release release) =>
            release.Corte == candidate.Corte && release.ManifestSha256 == candidate.ManifestSha256;
        if (root.Live is { } live && Same(live)) return live;
        var last = root.Sealed.Where(release => release.Corte == candidate.Corte).MaxBy(release => release.Rank);
        return last is not null && Same(last) ? last : null;
    }
}
