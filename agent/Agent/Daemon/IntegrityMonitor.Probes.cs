using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Daemon;

/// <summary>The probes: which exist, and what they report.</summary>
sealed partial class IntegrityMonitor
{
    /// <summary>
    /// By the URL of a probe as it is written: what it received in its last round, if that was what it had to be.
    /// </summary>
    readonly Dictionary<string, SealedTree> right = [];

    /// <summary>Gets how many probes have received what must be served now.</summary>
    int ProbesGood => state.Expected.Of(Root.Public)?.Served is { } served
        ? settings.Sentinel.Probes.Count(
            probe => right.GetValueOrDefault(probe.Url.OriginalString)?.IsSame(served) == true) : 0;

    /// <summary>Takes it for unknown what is served, and has all probes ask soon.</summary>
    void ReadAgain()
    {
        right.Clear();
        Hurry();
    }

    /// <summary>Has the probes ask soon.</summary>
    /// <param name="but">The one that has just asked; null: all.</param>
    void Hurry(Uri? but = null)
    {
        foreach (var prober in probers)
            if (prober.Url.OriginalString != but?.OriginalString) prober.Hurry();
    }

    void TakeProbe(ProbeFinished finished, ClockReading now)
    {
        // A probe that is no longer configured causes no trouble.
        if (!settings.Sentinel.Probes.Any(probe => probe.IsOf(finished.Url))) return;
        // The round may have ended between a swap and the moment when the prober was told of it. Then it compared with
        // what was served before.
        responder.Follow();
        if (state.Expected.Of(Root.Public)?.Served is not { } served || !served.IsSame(finished.Expected)) return;
        var url = settings.Sentinel.Shown(finished.Url);
        // What this one sees begin or end the others may see, too: each says so soon, not in its own time.
        if ((finished.Finding is null) != (probes.Last.GetValueOrDefault(url) is null)) Hurry(finished.Url);
        if (finished.Finding is null) right[finished.Url.OriginalString] = served;
        else right.Remove(finished.Url.OriginalString);
        (var tell, probes) = probes.Hear(
            url, finished.Finding?.Trouble, finished.Finding?.Found ?? finished.Finding?.Detail, now.System);
        if (finished.Finding is not { } found)
        {
            if (troubles.Of(Trouble.Probe, url) is { } over)
                record(new ProbeRecovered(url, over.Lasted(now.System)), now);
            return;
        }
        if (!tell) return;
        AgentEvent told = found.Code switch
        {
            EventCode.ProbeFailed => new ProbeFailed(url, found.Status, found.Detail),
            EventCode.ProbeStale => new ProbeStale(url, found.Path, served.Release, found.Served, found.Detail),
            _ => new ProbeMismatch(url, found.Path, found.Expected, found.Found, served.Release, found.Detail),
        };
        record(told, now);
    }

    /// <summary>Takes how a run of the notify command ended. A failure is recorded once until one succeeds.</summary>
    void TakeNotify(NotifyRan ran, ClockReading now)
    {
        var failed = troubles.Of(Trouble.Notify);
        if (ran.Error is { } error && failed is null) record(new NotifyFailed(Told.Short(error)), now);
        else if (ran.Error is null && failed is { } over)
            record(over.Ended(TroubleEndCause.Delivered, now.System), now);
    }

    /// <summary>Ends the troubles of what is no longer configured.</summary>
    void EndUnconfigured(ClockReading now)
    {
        var probed = settings.Sentinel.Probes.Select(probe => settings.Sentinel.Shown(probe.Url)).ToHashSet();
        foreach (var open in troubles.Open)
            if ((open.Entry.Trouble == Trouble.Probe && !probed.Contains(open.Subject ?? ""))
                || (open.Entry.Trouble == Trouble.Notify && settings.Notify.Command is null))
                record(open.Ended(TroubleEndCause.Unconfigured, now.System), now);
    }

    void BeginProbes()
    {
        EndProbes();
        probers = [.. settings.Sentinel.Probes.Select(probe => new Prober(probe, state, post))];
    }

    void EndProbes()
    {
        foreach (var prober in probers) prober.End();
        foreach (var prober in probers) prober.Dispose();
    }
}
