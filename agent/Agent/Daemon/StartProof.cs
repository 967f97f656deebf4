using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Daemon;

/// <summary>
/// Compares at a start what is on disk with what the journal says was published last. It runs on the agent loop's
/// thread.
/// </summary>
/// <param name="record">Writes an event to the journal; it is on disk when this returns.</param>
sealed class StartProof(ReleaseStore store, Action<AgentEvent, ClockReading> record)
{
    /// <summary>
    /// Gets how many alterations were found; <c>Healed</c> and <c>Failures</c> count what became of them.
    /// </summary>
    public long Detected { get; private set; }
    public long Healed { get; private set; }
    public long Failures { get; private set; }

    /// <summary>
    /// Corrects a link on disk that differs from the journal at a start: a link that somebody changed is not a
    /// publication.
    /// </summary>
    /// <param name="recorded">The last release of that root that the journal names; null if the site was withdrawn or
    /// nothing was published yet.</param>
    public void ProveLink(Root root, Release? recorded, ClockReading now)
    {
        var live = store.Live(root);
        if (recorded is null || live?.Id == recorded.Id || live?.Sequence > recorded.Sequence) return;
        var turned = new Alteration(root, null, AlterationKind.Link, "current", null, null,
            $"leads to {live?.Id.Value ?? "the notice page"} in place of {recorded.Id.Value}: turned while the agent "
                + $"was down");
        Detected++;
        record(TamperEvents.Detected(recorded, [turned], "start"), now);
        store.Healer.PointAgain(root, recorded.Id, now.System);
        Healed++;
        record(TamperEvents.Healed(recorded, [turned], 0, 0, null), now);
    }

    /// <summary>
    /// Checks the record of a release against the journal, which is chained, while the record is not. If they differ,
    /// or the record is gone, the tree decides. If it has the journal's huella, it is proven and gets a record again;
    /// otherwise nothing about that release is proven.
    /// </summary>
    /// <param name="published">What must be live.</param>
    /// <param name="at">When it became live.</param>
    public void ProveRecord(CortePublished published, DateTimeOffset at, ClockReading now)
    {
        var (id, huella, root) = (published.Release, published.ManifestSha256, published.Root);
        var known = store.Sealed.FirstOrDefault(release => release.Id == id);
        if (known is not null && store.Agrees(known, huella)) return;
        // Superseded since, or never recorded: this says nothing about what is live.
        if (known is null && store.LiveId(root) != id) return;
        var told = new Release(
            id, id.Sequence, published.Package, published.Corte, published.Series, huella, published.Files,
            published.Bytes, root, false, 0, at, []);
        var altered = new Alteration(
            root, id, known is null ? AlterationKind.Removed : AlterationKind.Changed, $"sealed/{id}.json", null, null,
            known is null ? "the release's record is gone" : "the release's record does not say what the journal does");
        Detected++;
        record(TamperEvents.Detected(told, [altered], "start"), now);
        if (store.Reseal(told, root) is { } proven)
        {
            Healed++;
            record(TamperEvents.Healed(proven, [altered], 0, 0, null), now);
            return;
        }
        Failures++;
        record(TamperEvents.Failed(told, [altered],
            $"nothing proves release {id} any more: its record and its tree differ from the journal. Run: "
            + $"{HealAdvice.Command(HealObstacle.VaultDamaged, "", "")}"), now);
    }
}
