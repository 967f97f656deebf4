using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Holds the deliveries that are set aside: those that caused an unexpected error, and those that were alone in hand
/// when the agent died twice. Each is left alone until its files change or an operator says <c>retry</c>. Only the
/// receiving thread uses it.
/// </summary>
/// <param name="lastRun">Keeps on disk at which deliveries the agent has died; null: that is not kept.</param>
sealed class AsideDeliveries(LastRun? lastRun)
{
    /// <summary>How many of them <c>status</c> lists at most.</summary>
    const int MostShown = 64;

    readonly Dictionary<RawPath, Aside> all = [];

    /// <param name="since">When it was set aside.</param>
    sealed class Aside(ClockReading since)
    {
        public ClockReading Since => since;

        /// <summary>Gets or sets the fingerprint of its files right after it was set aside; null until then.</summary>
        public string? Known { get; set; }

        public int Files { get; set; }
    }

    public bool IsEmpty => all.Count == 0;

    public bool Has(RawPath root) => all.ContainsKey(root);

    /// <summary>Returns whether it is set aside and nobody has looked at its files since then.</summary>
    public bool IsUnseen(RawPath root) => all.TryGetValue(root, out var one) && one.Known is null;

    /// <summary>Leaves alone the deliveries at which the last runs have died.</summary>
    public void Recall(ClockReading now)
    {
        foreach (var root in lastRun?.SetAside ?? []) Add(root, now);
    }

    public void Add(RawPath root, ClockReading now) => all.TryAdd(root, new Aside(now));

    /// <summary>Takes what a look has found of a delivery that is set aside.</summary>
    /// <param name="found">The fingerprint of its files.</param>
    /// <returns>False where they have changed: it is not set aside any more.</returns>
    public bool Stays(RawPath root, string found, int files)
    {
        var one = all[root];
        one.Files = files;
        one.Known ??= found;
        if (found == one.Known && (lastRun?.IsSetAside(root) != true || lastRun.Looked(root, found))) return true;
        all.Remove(root);
        return false;
    }

    /// <returns>Whether it was set aside.</returns>
    public bool Forget(RawPath root) => all.Remove(root);

    /// <summary>Forgets the deliveries that have left the drop.</summary>
    /// <returns>Whether any has.</returns>
    public bool KeepOnly(Func<RawPath, bool> isThere)
    {
        var before = all.Count;
        foreach (var root in all.Keys)
            if (!isThere(root)) all.Remove(root);
        lastRun?.KeepOnly(isThere);
        return all.Count < before;
    }

    /// <summary>Answers the operator's <c>retry</c>: nothing is set aside or suspected any more.</summary>
    /// <returns>Whether anything was set aside.</returns>
    public bool Forgive()
    {
        lastRun?.Forgive();
        var wasAny = all.Count > 0;
        all.Clear();
        return wasAny;
    }

    /// <summary>Returns the first of them for <c>status</c>.</summary>
    public IEnumerable<DeliveryProgress> Progress(Func<RawPath, string> nameOf) =>
        all.OrderBy(one => one.Key).Take(MostShown).Select(one =>
            new DeliveryProgress(
                nameOf(one.Key), DeliveryState.SetAside, one.Value.Files, 0, one.Value.Since, one.Value.Since));
}
