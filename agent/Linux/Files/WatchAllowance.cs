namespace Difusor.Agent.Linux.Files;

/// <summary>
/// Shares out the inotify watches that the kernel grants this account (fs.inotify.max_user_watches). What is published
/// comes first: a sender
/// decides how many folders lie in the drop, so the drop has a number of its own, and gives watches back where the
/// sentinel lacks some. What
/// is not watched there is found by the full look.
/// </summary>
sealed class WatchAllowance
{
    /// <summary>Given back beyond what was asked for, so that not each folder of a new release has to ask.</summary>
    const int Spare = 64;

    readonly Lock gate = new();
    Func<int, int>? drop;

    /// <summary>Folders of the drop that are watched at most.</summary>
    public int MostInDrop { get; init; } = 2048;

    /// <summary>The drop's own watch: it gives so many back when it is asked, and tells how many there were.</summary>
    public void Lend(Func<int, int> giveBack)
    {
        lock (gate) drop = giveBack;
    }

    /// <summary>That watch is closed.</summary>
    public void End(Func<int, int> giveBack)
    {
        lock (gate)
            if (drop == giveBack) drop = null;
    }

    /// <summary>The sentinel lacks watches: the drop gives some back.</summary>
    /// <returns>False: it had none to give.</returns>
    public bool AskTheDrop()
    {
        lock (gate) return drop?.Invoke(Spare) > 0;
    }
}
