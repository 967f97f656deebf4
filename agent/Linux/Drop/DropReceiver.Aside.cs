using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Sets deliveries aside: those that caused an unexpected error, and those that were alone in hand when the agent died
/// twice.
/// </summary>
public sealed partial class DropReceiver
{
    /// <summary>How many deliveries that are set aside <c>status</c> lists at most.</summary>
    const int MostAsideShown = 64;

    readonly Dictionary<RawPath, AsideDelivery> aside = [];
    readonly HashSet<RawPath> inHand = [];

    /// <param name="since">When it was set aside.</param>
    sealed class AsideDelivery(Gate.ClockReading since)
    {
        public Gate.ClockReading Since => since;

        /// <summary>
        /// Gets or sets the fingerprint of its files at the first look after it was set aside; null until then.
        /// </summary>
        public string? Known { get; set; }

        public int Files { get; set; }
    }

    /// <summary>
    /// Sets a delivery aside because the loop could not finish its verdict, after an unexpected error. It is not
    /// touched again until the sender changes it or an operator says <c>retry</c>. Any thread.
    /// </summary>
    public void SetAside(DeliveryJudged delivery) => Request(() => SetAside(delivery.Memory.Value.Root));

    /// <summary>
    /// Runs a step that concerns one delivery. After an unexpected error the delivery is set aside and the others go
    /// on; a <see cref="SystemFault"/> passes to the caller.
    /// </summary>
    void Guard(BoundaryPoint point, RawPath root, Action step)
    {
        if (!Boundary.Run(point, step, NameOf(root), passes: true)) SetAside(root);
    }

    /// <summary>
    /// Does the same for a caller that has caught the error itself: in its loop a delegate for each delivery would cost
    /// too much.
    /// </summary>
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
            // The verdict that is being made still reads the tree. The tree is removed when it ends.
            if (reception.Delivery.State != DeliveryState.Judging) Discard(reception);
        }
        RemoveJudged(root);
        aside.TryAdd(root, new AsideDelivery(now));
        progressChanged = true;
        LetGo(root);
    }

    /// <summary>Leaves alone the deliveries at which the last runs have died.</summary>
    void RecallSetAside()
    {
        foreach (var root in lastRun?.SetAside ?? []) aside.TryAdd(root, new AsideDelivery(now));
    }

    /// <summary>Looks at a delivery that is set aside. One that has changed is received as a new delivery.</summary>
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

    /// <summary>Answers the operator's <c>retry</c>: what was set aside is received as new.</summary>
    void Forgive()
    {
        lastRun?.Forgive();
        if (aside.Count == 0) return;
        aside.Clear();
        progressChanged = mustLook = true;
    }

    /// <summary>
    /// Takes a delivery in hand, and writes that down before anything of it is staged (<c>in-hand.json</c>).
    /// </summary>
    /// <returns>False where it is not this delivery's turn: after a death deliveries are taken one at a time.</returns>
    bool TakeInHand(Reception reception)
    {
        var root = reception.Delivery.Root;
        if (inHand.Contains(root)) return true;
        if (lastRun?.AtOnce is { } most && inHand.Count >= most) return false;
        inHand.Add(root);
        lastRun?.InHand(inHand);
        return true;
    }

    /// <summary>Notes that a delivery is no longer worked on: it has stalled, is gone, or is finished.</summary>
    void LetGo(RawPath root)
    {
        if (!inHand.Remove(root)) return;
        lastRun?.InHand(inHand);
        // Another delivery may be waiting for its turn.
        if (lastRun?.AtOnce is not null) Wake();
    }

    IEnumerable<DeliveryProgress> AsideProgress => aside.OrderBy(one => one.Key).Take(MostAsideShown).Select(one =>
        new DeliveryProgress(
            NameOf(one.Key), DeliveryState.SetAside, one.Value.Files, 0, one.Value.Since, one.Value.Since));
}
