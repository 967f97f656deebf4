using Difusor.Agent.Linux;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;

namespace Difusor.Agent;

/// <summary>Has the receiving thread, or the thread pool, do what an operator asks for.</summary>
sealed class HandReceiver(Receiving receiving, Action<Signal> post) : IReceiver
{
    public void Rejudge() => receiving.Rejudge();

    public void Judge(PublishByHand action, OperatorRequest request) => Boundary.Pool(BoundaryPoint.ByHand, () =>
    {
        try
        {
            if (receiving.Judge(action.Path) is { } judged) post(new JudgedByHand(judged, request, action.Waive));
            else request.Answer(OperatorReply.Of(OperatorOutcome.Failed, "no-package", ("path", action.Path)));
        }
        catch (SystemFault fault)
        {
            request.Answer(OperatorCommands.Failed(fault));
        }
    }, otherwise: () => OperatorCommands.FailedUnforeseen(request));
}

/// <summary>A package that an operator named has its verdict.</summary>
sealed record JudgedByHand(DeliveryJudged Judged, OperatorRequest Request, IReadOnlyList<string> Waived) : Signal;
