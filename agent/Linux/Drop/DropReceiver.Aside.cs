using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// What is set aside: a delivery at which an error that nobody foresaw was met, or in whose hands the agent has ended
/// twice.
/// </summary>
public sealed partial class DropReceiver
{
    /// <summary>Of more than these <c>status</c> names no more.</summary>
    const int MostAsideShown = 64;

    readonly Dictionary<RawPath, AsideDelivery> aside = [];
    readonly HashSet<RawPath> inHand = [];

    /// <param name="since">When it was set aside.</param>
    sealed class AsideDelivery(Gate.ClockReading since)
    {
        public Gate.ClockReading Since => since;

        /// <summary>Its files as the first look after that found them; null until then.</summary>
        public string? Known { get; set; }

        public int Files { get; set; }
    }

    /// <summary>
    /// The loop could not take a verdict to its end, for a reason that nobody foresaw: the delivery is not touched
    /// again until the sender changes it or an operator says <c>retry</c>. Any thread.
    /// </summary>
    public void SetAside(DeliveryJudged delivery) => Request(() => SetAside(delivery.Memory.Value.Root));

    /// <summary>
    /// Takes a step that concerns one delivery; where it meets an error that nobody foresaw the delivery is set aside,
    /// and the others go on.
    /// </summary>
    void Guard(BoundaryPoint point, RawPath root, Action step)
    {
        if (!Boundary.Run(point, step, NameOf(root), passes: true)) SetAside(root);
    }

    /// <summary>The same where an allocation for each file would be felt: the step was taken, and has thrown.</summary>
    void SetAside(BoundaryPoint point, RawPath root, Exception fault)
    {
        Boundary.Tell(point, fault, NameOf(root));
        SetAside(root);
    }

    void SetAside(RawPath root)
    {
        if (receptions.Remove(root, out var reception))
        {
            reception.IsSetAside = true;
            reception.Slice?.End();
            HasEnded(reception.Delivery);
            // A verdict that is being made still reads the tree: it goes when that has ended.
            if (reception.Delivery.State != DeliveryState.Judging) Discard(reception);
        }
        RemoveJudged(root);
        aside.TryAdd(root, new AsideDelivery(now));
        progressChanged = true;
        LetGo(root);
    }

    /// <summary>What the last runs have died of is not touched.</summary>
    void RecallSetAside()
    {
        foreach (var root in lastRun?.SetAside ?? []) aside.TryAdd(root, new AsideDelivery(now));
    }

    /// <summary>Looks at a delivery that is set aside: what has changed is a new delivery.</summary>
    /// <returns>How many files were looked at.</returns>
    int LookAside(RawPath root, AsideDelivery one, FileIdentity? file)
    {
        var (seen, files) = (new Fingerprint(), 0);
        if (file is { } identity) seen.Add(root, identity);
        else DropLook.Walk(drop!, root, rules.Settings, (path, in inner) =>
        {
            seen.Add(path, inner);
            return ++files <= rules.Settings.Limits.Files;
        });
        (var found, one.Files) = (seen.ToString(), Math.Max(files, 1));
        one.Known ??= found;
        if (found == one.Known && (lastRun?.IsSetAside(root) != true || lastRun.Looked(root, found))) return one.Files;
        ForgetAside(root);
        return LookAtEntry(root);
    }

    void ForgetAside(RawPath root)
    {
        if (aside.Remove(root)) progressChanged = true;
    }

    /// <summary>The operator's <c>retry</c>: what was set aside is received as new.</summary>
    void Forgive()
    {
        lastRun?.Forgive();
        if (aside.Count == 0) return;
        aside.Clear();
        progressChanged = mustLook = true;
    }

    /// <summary>Takes a delivery in hand: on disk before anything of it is staged.</summary>
    /// <returns>False: after a death deliveries are taken one at a time, and it is not this one's turn.</returns>
    bool TakeInHand(Reception reception)
    {
        var root = reception.Delivery.Root;
        if (inHand.Contains(root)) return true;
        if (lastRun?.AtOnce is { } most && inHand.Count >= most) return false;
        inHand.Add(root);
        lastRun?.InHand(inHand);
        return true;
    }

    /// <summary>A delivery is worked on no longer: it has stalled, gone, or come to its end.</summary>
    void LetGo(RawPath root)
    {
        if (!inHand.Remove(root)) return;
        lastRun?.InHand(inHand);
        // Another may be waiting for its turn.
        if (lastRun?.AtOnce is not null) Wake();
    }

    IEnumerable<DeliveryProgress> AsideProgress => aside.OrderBy(one => one.Key).Take(MostAsideShown).Select(one =>
        new DeliveryProgress(
            NameOf(one.Key), DeliveryState.SetAside, one.Value.Files, 0, one.Value.Since, one.Value.Since));
}
