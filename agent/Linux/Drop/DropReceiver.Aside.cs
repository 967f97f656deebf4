using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Sets deliveries aside: those that caused an unexpected error, and those that were alone in hand when the agent died
/// twice.
/// </summary>
public sealed partial class DropReceiver
{
    /// <summary>
    /// Sets a delivery aside because the loop could not finish its verdict, after an unexpected error. It is not
    /// touched again until the sender changes it or an operator says <c>retry</c>. Any thread.
    /// </summary>
    public void SetAside(DeliveryJudged delivery) => inbox.Add(() => SetAside(delivery.Memory.Value.Root));

    /// <summary>
    /// Runs a step that concerns one delivery. After an unexpected error the delivery is set aside and the others go
    /// on; a <see cref="SystemFault"/> passes to the caller.
    /// </summary>
    void Guard(BoundaryPoint point, RawPath root, Action step)
    {
        try
        {
            Boundary.Reach(point);
            step();
        }
        catch (Exception fault) when (fault is not SystemFault) { SetAside(point, root, fault); }
    }

    /// <summary>Reports an unexpected error, and sets aside the delivery that it concerns.</summary>
    void SetAside(BoundaryPoint point, RawPath root, Exception fault)
    {
        Boundary.Tell(point, fault, NameOf(root));
        SetAside(root);
    }

    void SetAside(RawPath root)
    {
        if (receptions.Remove(root, out var reception))
        {
            reception.IsSetAside = true;
            reception.Slice?.End();
            HasEnded(reception.Delivery);
            // The verdict that is being made still reads the tree. The tree is removed when it ends.
            if (reception.Delivery.State != DeliveryState.Judging) Discard(reception);
        }
        judged.Remove(root);
        aside.Add(root, now);
        progress.Change();
        LetGo(root);
        // Looking may meet the same error again, so it is a step of its own. It must not wait for the next full look:
        // what the sender mends until then would go unnoticed.
        inbox.Add(() => LookAsideOnce(root));
    }

    /// <summary>Remembers the files of a delivery that was just set aside: any difference later is a change.</summary>
    void LookAsideOnce(RawPath root)
    {
        if (Drop is not null && aside.IsUnseen(root)) LookAtEntry(root);
    }

    /// <summary>Looks at a delivery that is set aside. One that has changed is received as a new delivery.</summary>
    /// <returns>How many files were looked at.</returns>
    int LookAside(RawPath root, FileIdentity? file)
    {
        var (seen, files) = (new Fingerprint(), 0);
        if (file is { } identity) seen.Add(root, identity);
        else DropLook.Walk(Drop!, root, rules.Settings, (path, in inner) =>
        {
            seen.Add(path, inner);
            return ++files <= rules.Settings.Limits.Files;
        });
        files = Math.Max(files, 1);
        if (aside.Stays(root, seen.ToString(), files)) return files;
        progress.Change();
        return LookAtEntry(root);
    }

    void ForgetAside(RawPath root)
    {
        if (aside.Forget(root)) progress.Change();
    }

    /// <summary>Answers the operator's <c>retry</c>: what was set aside is received as new.</summary>
    void Forgive()
    {
        if (!aside.Forgive()) return;
        progress.Change();
        looks.Want();
    }

    /// <summary>Lets go of a delivery that is no longer worked on.</summary>
    void LetGo(RawPath root)
    {
        if (inHand.LetGo(root)) inbox.Wake();
    }
}
