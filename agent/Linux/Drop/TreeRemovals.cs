using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>Has staged trees removed by the workers, and counts those that are not removed yet. Any thread.</summary>
sealed class TreeRemovals(Workers workers)
{
    /// <summary>Changed by <see cref="Interlocked"/> only: the workers count down.</summary>
    int count;

    public int Count => Volatile.Read(ref count);

    /// <summary>
    /// Removes a tree. What cannot be removed stays in <c>staging/</c> until the next start, which clears it.
    /// </summary>
    public void Add(StagingTree tree, bool isLong)
    {
        Interlocked.Increment(ref count);
        workers.Add(() =>
        {
            // Whatever happens: while too many are counted, deliveries without a claim wait.
            try { TryDiscard(tree); }
            finally { Interlocked.Decrement(ref count); }
        }, WorkKinds.Of(isUrgent: false, isLong));
    }

    static void TryDiscard(StagingTree tree)
    {
        try { tree.Discard(); }
        catch (SystemFault) { }
    }
}
