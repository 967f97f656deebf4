using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Night;

namespace Difusor.Agent.Daemon;

/// <summary>An arrival, with the judged delivery that the receiving thread needs back at the end.</summary>
sealed class JudgedArrival(ReleaseStore store, DeliveryJudged judged)
    : Arrival(judged.Delivery, judged.Verdict, new StagedInStore(store, judged.Tree), judged.FirstSeen, judged.LastByte)
{
    public DeliveryJudged Judged => judged;
}
