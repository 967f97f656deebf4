namespace Difusor.Agent.Linux.Files;

/// <summary>
/// Shares out the inotify watches that the kernel grants this account (fs.inotify.max_user_watches). The published
/// folders come first. A sender decides how many folders are in the drop, so the drop has its own maximum, and gives
/// watches back where the sentinel lacks some. The full look finds changes in folders that are not watched.
/// </summary>
sealed class WatchAllowance
{
    /// <summary>How many watches are given back at once, so that not each folder of a new release has to ask.</summary>
    const int Spare = 64;

    /// <summary>
    /// Guards <see cref="drop"/>, and is held while the drop gives watches back, so that <see cref="End"/> waits for
    /// that.
    /// </summary>
    readonly Lock gate = new();
    Func<int, int>? drop;

    /// <summary>Gets how many folders of the drop are watched at most.</summary>
    public int MostInDrop { get; init; } = 2048;

    /// <summary>
    /// Registers the drop's watch. <paramref name="giveBack"/> gives back as many watches as it is asked for, and
    /// returns how many there were.
    /// </summary>
    public void Lend(Func<int, int> giveBack)
    {
        lock (gate) drop = giveBack;
    }

    /// <summary>Forgets the drop's watch, which is being closed.</summary>
    public void End(Func<int, int> giveBack)
    {
        lock (gate)
            if (drop == giveBack) drop = null;
    }

    /// <summary>Makes the drop give some watches back, because the sentinel lacks them.</summary>
    /// <returns>False: it had none to give.</returns>
    public bool AskTheDrop()
    {
        lock (gate) return drop?.Invoke(Spare) > 0;
    }
}
