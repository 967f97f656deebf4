using Difusor.Agent.Events;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Publication;

/// <summary>
/// What should happen to an accepted package: the closed set of the contract's section 6, "Not rejections".
/// </summary>
public abstract record Decision
{
    public sealed record Publish : Decision;
    public sealed record Hold(HoldReason Reason) : Decision;
    /// <param name="By">The newer corte, because of which it is not published.</param>
    public sealed record Superseded(Corte By) : Decision;
    /// <param name="Of">The release with the same bytes.</param>
    public sealed record Duplicate(Release Of) : Decision;
    /// <param name="Published">The series that already has this corte.</param>
    public sealed record UnexpectedSeries(string Published) : Decision;
}

/// <summary>An accepted package that may be published.</summary>
/// <param name="Destination">The root that it may go to; null until trusted time shows it.</param>
public sealed record Candidate(Corte Corte, string? Series, string ManifestSha256, Root? Destination);

/// <summary>One root as the order sees it, read once per decision.</summary>
/// <param name="Live">What the root serves; null: the notice page.</param>
/// <param name="Sealed">All stored releases that may go to this root, in any order.</param>
/// <param name="ClosedReason">The gate's reason for this root; null: open.</param>
/// <param name="Bound">True time; null while there is none.</param>
public sealed record RootState(
    Release? Live, IReadOnlyList<Release> Sealed, OperatorChoice? Choice, HoldReason? ClosedReason, ClockBound? Bound);

/// <summary>
/// Decides which release is published and which is not: the newest corte wins, and the site never goes back by itself
/// (call, I.11).
/// </summary>
public static class PublicationOrder
{
    /// <summary>
    /// Returns whether a release counts. One with a future corte does not count until a bound shows that its time has
    /// come, also after a restart. One that came while there was no bound is judged by the first bound. A rehearsal's
    /// stamps are its own, so its releases always count.
    /// </summary>
    public static bool Counts(Release release, ClockBound? bound) =>
        release.Destination == Root.Rehearsal || !Admission.IsFuture(release.Corte, bound, release.Future);

    /// <summary>Decides what should happen to a package that has just been accepted, before it is sealed.</summary>
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
    /// Returns what a root should serve next: the newest stored release that counts, is newer than the live one and was
    /// not overruled by an operator; null if there is nothing to do. Called at start, at the opening, when a hold ends
    /// and when a bound comes.
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
    /// Returns the releases that may still be published by themselves, the newest first: newer than the live one, not
    /// overruled, and not already superseded by a newer corte when they came. When the gate opens, the newest of them
    /// is published and the others are superseded. Those of the future wait for their time.
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
    /// Returns the newest release that counts: the one that an operator overrules by going back or taking the site
    /// down. Null if there is none.
    /// </summary>
    public static ReleaseRank? Newest(RootState root) =>
        Newest(root.Live, [.. root.Sealed.Where(release => Counts(release, root.Bound))])?.Rank;

    /// <summary>
    /// Returns whether the series differs from the published one. At a later corte such a package is published, with a
    /// warning.
    /// </summary>
    public static bool SeriesChanges(Candidate candidate, Release? live) =>
        live is { Series: { } published } && candidate.Series is { } own && own != published;

    static Release? Newest(Release? live, List<Release> counting)
    {
        var stored = counting.MaxBy(release => release.Rank);
        return live is not null && (stored is null || live.Rank > stored.Rank) ? live : stored;
    }

    /// <summary>
    /// Returns the release with the same bytes: the live one, or the last issue of that corte. If bytes were replaced
    /// by a reissue and come again, they are a reissue themselves.
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
