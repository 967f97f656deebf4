using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent;

/// <summary>
/// Takes sealed releases live. What is due is always asked of <see cref="PublicationOrder"/>, from what lies on disk: at a verdict, at
/// the opening, at start, after a fault and at each tick the same question gets the same answer.
/// </summary>
sealed class Publisher(ReleaseStore store, Chronicle chronicle, Timekeeper time, Receipts receipts)
{
    /// <summary>Of what began in a rehearsal and was whole only after its end.</summary>
    const string RehearsalOver = Timekeeper.RehearsalOver;
    static readonly Root[] Roots = [Root.Public, Root.Rehearsal];

    public PublicationSettings Settings { private get; set; } = null!;

    /// <summary>When what is public now became so, by trusted time; from the journal after a restart.</summary>
    public DateTimeOffset? PublishedSince { get; set; }

    /// <summary>Told of each release that has become live.</summary>
    public Action<Release, Root> Published { get; set; } = (_, _) => { };

    /// <summary>One root as the order sees it.</summary>
    public RootState StateOf(Root root, ClockReading now) => new(
        store.Live(root), [.. store.Sealed.Where(release => release.Destination == root)], store.Choice(root), ClosedReason(root), time.Bound(now));

    /// <summary>Publishes what is due in each root; of several held the newest, and says so of the others.</summary>
    /// <param name="told">What is no newer than this has had its say before.</param>
    public void PublishDue(ClockReading now, ReleaseRank? told = null)
    {
        foreach (var root in Roots)
        {
            var state = StateOf(root, now);
            if (PublicationOrder.Due(state) is not { } due) continue;
            var passedOver = PublicationOrder.Waiting(state).Where(release => release.Rank < due.Rank && !release.Future && !(release.Rank <= told)).ToList();
            Publish(due, root, now);
            foreach (var release in passedOver) RecordSuperseded(release, due.Corte, now, isLast: false);
        }
    }

    /// <summary>Swaps a release in, and records it: the one way by which anything becomes public.</summary>
    /// <param name="lastByte">When its last byte came, for the event; null where it had been held.</param>
    public void Publish(Release release, Root root, ClockReading now, ClockReading? lastByte = null)
    {
        var previous = store.Live(root);
        release = store.Publish(release, root, now.System);
        RecordPublished(release, root, previous, HostClock.Read(), lastByte);
        receipts.Write(release, "published", time.TrustedTime(now) ?? now.System);
        Published(release, root);
    }

    public void RecordPublished(Release release, Root root, Release? previous, ClockReading now, ClockReading? lastByte = null)
    {
        if (root == Root.Public) PublishedSince = time.TrustedTime(now) ?? now.System.ToOffset(time.Profile.Opens.Offset);
        chronicle.Record(EventCode.CortePublished, now, new JsonObject
        {
            ["corte"] = release.Corte.ToString(), ["release"] = release.Id.Value, ["package"] = release.Package, ["series"] = release.Series,
            ["files"] = release.Files, ["bytes"] = release.Bytes, ["manifest_sha256"] = release.ManifestSha256,
            ["seconds"] = lastByte is { } last ? Timekeeper.SecondsBetween(last, now) : null,
            ["root"] = root == Root.Public ? "public" : "rehearsal", ["previous"] = previous?.Id.Value,
        });
    }

    public void RecordHeld(Release release, string reason, ClockReading now)
    {
        var fields = Fields(release);
        fields["release"] = release.Id.Value;
        fields["reason"] = reason;
        if (reason == GateReason.BeforeOpening.Code() && release.Destination != Root.Rehearsal) fields["opens_at"] = new Packages.Corte(time.Profile.Opens).ToString();
        chronicle.Record(EventCode.PackageHeld, now, fields);
    }

    /// <param name="isLast">Whether it is what has happened last to a delivery; not where it only follows from a publication.</param>
    /// <param name="isKept">Whether an operator can still make it live.</param>
    public void RecordSuperseded(Release release, Packages.Corte by, ClockReading now, bool isLast = true, bool isKept = true)
    {
        var fields = Fields(release);
        fields["release"] = release.Id.Value;
        fields["published_corte"] = by.ToString();
        if (isKept) fields["activate"] = $"difusor-agent releases activate {release.Corte} --reason ...";
        chronicle.Record(EventCode.PackageSuperseded, now, fields);
        receipts.Write(release, "superseded", time.TrustedTime(now) ?? now.System, isLast);
    }

    /// <summary>What is to become of a release that is sealed already: for an arrival that a fault of the disk has interrupted.</summary>
    public Decision DecisionOn(Release release, ClockReading now)
    {
        if (release.Destination is not { } root) return new Decision.Hold(HeldReason(release, now));
        var state = StateOf(root, now);
        if (PublicationOrder.Due(state) is { } due && due.Id == release.Id) return new Decision.Publish();
        return state.Live is { } live && live.Rank > release.Rank ? new Decision.Superseded(live.Corte) : new Decision.Hold(HeldReason(release, now));
    }

    /// <summary>Sealed and not yet public: what may still go out.</summary>
    public IEnumerable<Release> Held(ClockReading now) =>
        Roots.SelectMany(root => PublicationOrder.Waiting(StateOf(root, now))).Concat(store.Sealed.Where(release => release.Destination is null));

    /// <summary>Why a held release is not public now.</summary>
    public string HeldReason(Release release, ClockReading now)
    {
        if (release.Destination is not { } root) return ClosedReason(Root.Public) ?? "rehearsal-undecided";
        if (!PublicationOrder.Counts(release, time.Bound(now))) return "future-corte";
        return store.Choice(root) is { Hold: true } ? "operator-hold" : ClosedReason(root) ?? "publishing";
    }

    /// <summary>
    /// Removes what retention no longer keeps. Failures are not counted. What waits stays, but for what is too much of it.
    /// </summary>
    public void Prune(int keep, ClockReading now, int mostWaiting = WaitingRoom.Most)
    {
        foreach (var crowd in Crowds(now)) LetGo(crowd, mostWaiting, now);
        store.Prune(keep, Held(now).Select(release => release.Id).ToHashSet());
    }

    public void Prune(ClockReading now) => Prune(Settings.KeepReleases, now);

    /// <summary>Counts the releases that are held because their corte lies in the future.</summary>
    public int HeldForTheFuture(ClockReading now) => WaitingRoom.Future(Held(now), time.Bound(now)).Count;

    /// <summary>Removes the releases whose time has not come, because there is no room for what has.</summary>
    /// <returns>What was removed: its deliveries are to be judged again when their time comes.</returns>
    public IReadOnlyList<Release> LetFutureGo(ClockReading now)
    {
        var going = WaitingRoom.Future(Held(now), time.Bound(now));
        foreach (var release in going)
        {
            var reason = Finding.Of(ReasonCode.FutureCorte, null, "removed because the disk is nearly full");
            chronicle.Record(EventCode.PackageRejected, now, Fields(release, reason));
            receipts.Write(release, "rejected", time.TrustedTime(now) ?? now.System, isLast: false);
        }
        if (going.Count > 0) store.Remove(going);
        return going;
    }

    /// <summary>What waits and counts: for each root, and for what has no root yet.</summary>
    IEnumerable<List<Release>> Crowds(ClockReading now)
    {
        var bound = time.Bound(now);
        foreach (var root in Roots)
            yield return [.. PublicationOrder.Waiting(StateOf(root, now)).Where(release => PublicationOrder.Counts(release, bound))];
        yield return [.. store.Sealed.Where(release => release.Destination is null)];
    }

    void LetGo(List<Release> waiting, int most, ClockReading now)
    {
        var going = WaitingRoom.Surplus(waiting, most);
        if (going.Count == 0) return;
        var newest = waiting.MaxBy(release => release.Rank)!.Corte;
        foreach (var release in going) RecordSuperseded(release, newest, now, isLast: false, isKept: false);
        store.Remove(going);
    }

    /// <summary>Takes a rehearsal down once it is certainly over: its root shows the notice, and nothing of it is left that could go anywhere.</summary>
    public void EndRehearsal(ClockReading now)
    {
        var over = time.Bound(now) is { } bound
            ? !time.Profile.Rehearsals.Any(window => bound.Latest >= window.From && bound.Earliest < window.To)
            : time.OpeningProven && time.Profile.Rehearsals.All(window => window.To <= time.Profile.Opens);
        if (!over) return;
        var left = store.Sealed.Where(release => release.Destination == Root.Rehearsal).ToList();
        if (left.Count == 0) return;
        if (store.Live(Root.Rehearsal) is not null) store.Withdraw(Root.Rehearsal);
        store.Remove(left);
    }

    public static JsonObject Fields(Release release, params ReadOnlySpan<Finding> reasons)
    {
        var fields = new JsonObject { ["package"] = release.Package, ["series"] = release.Series, ["corte"] = release.Corte.ToString() };
        if (!reasons.IsEmpty) fields["reasons"] = Arrival.Findings(reasons.ToArray());
        if (!reasons.IsEmpty) fields["reasons_total"] = reasons.Length;
        return fields;
    }

    string? ClosedReason(Root root)
    {
        if (time.Decision is not { } decision) return GateReason.ClockUnsynchronized.Code();
        if (root == Root.Public) return decision.Reason?.Code();
        if (decision.Rehearsal is not null) return null;
        if (decision.Reason is { } reason && reason.IsOfTheClock()) return reason.Code();
        var begins = decision.Bound is { } bound && time.Profile.Rehearsals.Any(window => bound.Earliest < window.From && bound.Latest >= window.From);
        return begins ? GateReason.BeforeOpening.Code() : RehearsalOver;
    }
}
