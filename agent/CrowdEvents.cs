using System.Text.Json.Nodes;
using Difusor.Agent.Drop;
using Difusor.Agent.Journal;

namespace Difusor.Agent;

/// <summary>A crowded drop as events.</summary>
static class CrowdEvents
{
    public static AgentEvent Of(CrowdChange change) => change.Cause is { } cause
        ? new AgentEvent(EventCode.DropCrowded, new JsonObject
        {
            ["cause"] = cause switch
            {
                CrowdCause.Entries => "crowd-entries",
                CrowdCause.Waiting => "crowd-waiting",
                CrowdCause.Verdicts => "crowd-verdicts",
                CrowdCause.Folders => "crowd-folders",
                CrowdCause.Memory => "crowd-memory",
                _ => throw new ArgumentOutOfRangeException(nameof(change)),
            },
            ["entries"] = change.Count.Entries,
            ["waiting"] = change.Count.Waiting,
            ["not_looked_at"] = change.Count.NotLookedAt,
            ["package"] = change.Count.Busiest,
        })
        : new AgentEvent(EventCode.DropClear, new JsonObject
        {
            ["seconds"] = (long)change.Lasted.TotalSeconds,
            ["put_off"] = change.PutOff,
            ["entries"] = change.Count.Entries,
        });
}
