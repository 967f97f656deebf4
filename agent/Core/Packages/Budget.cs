namespace Difusor.Agent.Packages;

/// <summary>
/// Limits the bytes of one kind that all deliveries in hand may keep together. A delivery that is the only holder is
/// never refused because of the total: a package within its own limit can always be received, alone if necessary. Safe
/// on any thread.
/// </summary>
/// <param name="most">How many bytes all may hold together.</param>
/// <param name="keepsForSmall">
/// Whether an extra eighth is kept for the first bytes of each holder, at most a sixteenth of <paramref name="most"/>
/// for each. So a small corte never waits for a large delivery, which holds all the rest until its verdict is made.
/// </param>
public sealed class Budget(long most, bool keepsForSmall = false)
{
    /// <summary>
    /// Guards <see cref="taken"/>, <see cref="takenBySmall"/> and <see cref="holders"/>, and the holds that are passed
    /// in.
    /// </summary>
    readonly Lock gate = new();
    long taken, takenBySmall;
    int holders;

    /// <summary>What one holder has taken of the budget, in bytes.</summary>
    internal record struct Hold(long Small, long Large)
    {
        public readonly long All => Small + Large;
    }

    /// <summary>Gets or sets the total in bytes. A change takes nothing back from a holder.</summary>
    public long Most { get; set; } = most;

    public long Left
    {
        get { lock (gate) { return Math.Max(0, Most - taken); } }
    }

    internal bool TryTake(long amount, ref Hold hold)
    {
        lock (gate)
        {
            if (keepsForSmall && hold.Large == 0 && hold.Small + amount <= Most / 16
                && takenBySmall + amount <= Most / 8)
            {
                takenBySmall += amount;
                hold.Small += amount;
                return true;
            }
            if (amount > Most - taken && holders > (hold.Large > 0 ? 1 : 0)) return false;
            if (hold.Large == 0) holders++;
            taken += amount;
            hold.Large += amount;
            return true;
        }
    }

    internal void Return(long amount, ref Hold hold)
    {
        lock (gate)
        {
            var large = Math.Min(amount, hold.Large);
            if (large > 0 && large == hold.Large) holders--;
            taken -= large;
            hold.Large -= large;
            takenBySmall -= amount - large;
            hold.Small -= amount - large;
        }
    }
}

/// <summary>The result of taking a part of a budget.</summary>
public enum Taking
{
    Taken,
    /// <summary>More than one package may have: the package can only be refused.</summary>
    TooLarge,
    /// <summary>Other deliveries hold too much at the moment: wait.</summary>
    NoRoom,
}

/// <summary>What one delivery holds of a budget. Safe on any thread.</summary>
/// <param name="limit">How many bytes one package may have.</param>
/// <param name="total">What all deliveries may have together; null when there is no other delivery.</param>
/// <param name="each">How many bytes each item costs of the total, in addition to its own.</param>
public sealed class Share(long limit, Budget? total = null, int each = 0)
{
    /// <summary>
    /// Guards <see cref="hold"/> and <see cref="bytes"/>. Whoever holds it may take the lock of the total.
    /// </summary>
    readonly Lock gate = new();
    Budget.Hold hold;
    long bytes;

    /// <summary>Gets how many bytes it holds of the total.</summary>
    public long Held
    {
        get { lock (gate) { return hold.All; } }
    }

    public Taking Take(long amount)
    {
        lock (gate)
        {
            if (amount > limit - bytes) return Taking.TooLarge;
            if (amount + each == 0) return Taking.Taken;
            if (total is null) hold.Large += amount + each;
            else if (!total.TryTake(amount + each, ref hold)) return Taking.NoRoom;
            bytes += amount;
            return Taking.Taken;
        }
    }

    /// <summary>Gives back what one <see cref="Take"/> took.</summary>
    public void Return(long amount)
    {
        lock (gate)
        {
            bytes -= amount;
            GiveBack(amount + each);
        }
    }

    /// <summary>Gives everything back.</summary>
    public void Clear()
    {
        lock (gate)
        {
            bytes = 0;
            GiveBack(hold.All);
        }
    }

    void GiveBack(long amount)
    {
        if (total is null) hold.Large -= amount;
        else total.Return(amount, ref hold);
    }
}

/// <summary>What one delivery holds of all budgets.</summary>
public sealed class Shares(Share paths, Share hashText)
{
    /// <summary>
    /// About how many bytes a file costs in memory in addition to its path. They count towards the total, not towards a
    /// package's own limit.
    /// </summary>
    public const int EachFile = 256;

    /// <summary>Returns the shares of a package when no other delivery is in hand.</summary>
    public static Shares Alone(long pathText, long hashText) => new(new Share(pathText), new Share(hashText));

    public Share Paths { get; } = paths;
    public Share HashText { get; } = hashText;

    public long Held => Paths.Held + HashText.Held;

    public void Clear()
    {
        Paths.Clear();
        HashText.Clear();
    }
}
