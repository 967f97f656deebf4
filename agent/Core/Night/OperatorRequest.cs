using Difusor.Agent.Publication;

namespace Difusor.Agent.Night;

/// <summary>
/// Who asked, as the kernel knows it (SO_PEERCRED): the uid and, if the host has one for it, the name of the account.
/// </summary>
public sealed record Operator(uint Uid, string Name);

/// <summary>
/// An operator's request on its way to the agent loop, which must complete <paramref name="Reply"/>; the control thread
/// waits for it.
/// </summary>
public sealed record OperatorRequest(OperatorCommand Action, Operator By, TaskCompletionSource<OperatorReply> Reply)
    : Signal
{
    public void Answer(OperatorReply reply) => Reply.TrySetResult(reply);
}
