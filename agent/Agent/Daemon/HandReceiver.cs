using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Daemon;

/// <summary>Passes what an operator asks for to the receiver thread or to the thread pool.</summary>
sealed class HandReceiver(DropReceiver receiver, Action<Signal> post) : IReceiver
{
    public void Rejudge() => receiver.Rejudge();

    public void Judge(PublishByHand action, OperatorRequest request) => Boundary.Pool(BoundaryPoint.ByHand, () =>
    {
        try
        {
            if (receiver.Judge(action.Path) is { } judged) post(new JudgedByHand(judged, request, action.Waive));
            else
                post(
                    new UnjudgedByHand(
                    request, OperatorReply.Of(OperatorOutcome.Failed, "no-package", ("path", action.Path))));
        }
        catch (SystemFault fault)
        {
            post(new UnjudgedByHand(request, OperatorCommands.Failed(fault)));
        }
    }, otherwise: () => OperatorCommands.FailedUnforeseen(request));
}

/// <summary>Says that a package that an operator named has its verdict.</summary>
sealed record JudgedByHand(DeliveryJudged Judged, OperatorRequest Request, IReadOnlyList<string> Waived) : Signal;

/// <summary>Says that a package that an operator named cannot have a verdict, and why.</summary>
sealed record UnjudgedByHand(OperatorRequest Request, OperatorReply Reply) : Signal;
