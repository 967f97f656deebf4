using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>What an operator has decided about a root, and the page that the root shows without a release.</summary>
public sealed partial class ReleaseStore
{
    byte[] usualNotice = [], withdrawnNotice = [];

    /// <summary>Reads what is stored, and repairs what a crash left. Call it once, before anything else.</summary>
    /// <param name="notice">The HTML of the notice page, for the public root and the rehearsal root.</param>
    /// <param name="withdrawn">The same after an operator has taken a root down; null: the same page.</param>
    public Recovery Recover(string notice, string? withdrawn = null)
    {
        lock (inventory)
        {
            usualNotice = Encoding.UTF8.GetBytes(notice);
            withdrawnNotice = withdrawn is null ? usualNotice : Encoding.UTF8.GetBytes(withdrawn);
            return new StoreRecovery(folders, records, choices, roots, trees, NoticeByChoice).Run();
        }
    }

    public OperatorChoice? Choice(Root root) => choices[root];

    public void Choose(Root root, OperatorChoice? choice)
    {
        lock (inventory)
        {
            choices.Set(root, choice);
            if (NoticeByChoice(root) is not { Length: > 0 } page) return;
            try { roots.ShowNotice(root, page); }
            catch (SystemFault)
            {
                // The choice counts all the same. The root must have its former page until the next start writes this.
            }
        }
    }

    /// <summary>Returns the content that <c>notice/index.html</c> of a root must have, in UTF-8.</summary>
    internal byte[] NoticePage(Root root) => roots.NoticePage(root);

    byte[] NoticeByChoice(Root root) => choices[root] is { Release: null } ? withdrawnNotice : usualNotice;
}
