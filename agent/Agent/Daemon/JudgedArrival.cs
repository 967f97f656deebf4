using Difusor.Agent.Linux;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Night;

namespace Difusor.Agent.Daemon;

/// <summary>An arrival with what the receiving thread has to be told of it in the end.</summary>
sealed class JudgedArrival(ReleaseStore store, DeliveryJudged judged)
    : Arrival(judged.Delivery, judged.Verdict, new StagedInStore(store, judged.Tree), judged.FirstSeen, judged.LastByte)
{
    public DeliveryJudged Judged => judged;
}
