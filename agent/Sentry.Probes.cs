using System.Text.Json.Nodes;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent;

/// <summary>The probes: which there are, and what they tell.</summary>
sealed partial class Sentry
{
    void TakeProbe(ProbeFinished finished, ClockReading now)
    {
        // What a probe found that is configured no more is no trouble.
        if (!settings.Sentinel.Probes.Any(probe => probe.Url == finished.Url)) return;
        // The round may have ended between a swap and what the swap tells the prober: it was held against the old corte.
        if (store.Live(Root.Public)?.Id != finished.Release) return;
        var url = settings.Sentinel.Shown(finished.Url);
        (var tell, probes) = probes.Hear(url, finished.Finding?.Trouble, finished.Finding?.Found ?? finished.Finding?.Detail, now.System);
        if (finished.Finding is not { } found)
        {
            (var change, condition) = condition.ProbeIsGood(url);
            if (change is not null) notify?.Tell(NoticeText.Good(change, now.System, settings.Language));
            return;
        }
        if (!tell) return;
        record(new AgentEvent(found.Code, found.Code == EventCode.ProbeFailed
            ? new JsonObject { ["url"] = url, ["status"] = found.Status, ["error"] = found.Detail }
            : found.Code == EventCode.ProbeStale
            ? new JsonObject { ["url"] = url, ["path"] = found.Path, ["release"] = finished.Release.Value, ["served"] = found.Served?.Value, ["detail"] = found.Detail }
            : new JsonObject
            {
                ["url"] = url, ["path"] = found.Path, ["expected"] = found.Expected, ["found"] = found.Found, ["release"] = finished.Release.Value,
                ["detail"] = found.Detail,
            }), now);
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
