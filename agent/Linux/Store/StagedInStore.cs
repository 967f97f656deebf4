using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Store;

/// <summary>The tree of a verified package in <c>staging/</c>.</summary>
sealed class StagedInStore(ReleaseStore store, StagingTree tree) : IStagedPackage
{
    public Release Seal(Verdict verdict, Root? destination, bool future, DateTimeOffset now) =>
        store.Seal(tree, verdict, destination, future, now);

    public string? Quarantine(Verdict verdict, DateTimeOffset now) =>
        store.Quarantine.Keep(tree, into => VerdictJson.Write(into, verdict), now);

    public void DiscardDuplicate()
    {
        store.Healer.MendVault(tree);
        tree.Discard();
    }
}
