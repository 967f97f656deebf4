using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Sentinel;

namespace Difusor.Agent.Daemon;

/// <summary>The probes: which exist, and what they report.</summary>
sealed partial class IntegrityMonitor
{
    void TakeProbe(ProbeFinished finished, ClockReading now)
    {
        // A probe that is no longer configured causes no trouble.
        if (!settings.Sentinel.Probes.Any(probe => probe.Url == finished.Url)) return;
        // The round may have ended between a swap and the moment when the prober was told of it. Then it compared with
        // the old corte.
        if (store.Live(Root.Public)?.Id != finished.Release) return;
        var url = settings.Sentinel.Shown(finished.Url);
        (var tell, probes) = probes.Hear(
            url, finished.Finding?.Trouble, finished.Finding?.Found ?? finished.Finding?.Detail, now.System);
        if (finished.Finding is not { } found)
        {
            troubles.ProbeIsGood(url, now);
            return;
        }
        if (!tell) return;
        AgentEvent told = found.Code switch
        {
            EventCode.ProbeFailed => new ProbeFailed(url, found.Status, found.Detail),
            EventCode.ProbeStale => new ProbeStale(url, found.Path, finished.Release, found.Served, found.Detail),
            _ => new ProbeMismatch(url, found.Path, found.Expected, found.Found, finished.Release, found.Detail),
        };
        record(told, now);
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
