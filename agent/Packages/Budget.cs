namespace Difusor.Agent.Packages;

/// <summary>
/// Bytes of one kind that all deliveries in hand may keep together. Who holds some while nobody else does is never refused by the total: a
/// package that is within its own limit can always be received, alone if need be. Any thread.
/// </summary>
public sealed class Budget(long most)
{
    readonly Lock gate = new();
    long taken;
    int holders;

    /// <summary>How much there is altogether; what is taken already stays taken.</summary>
    public long Most { get; set; } = most;

    public long Left
    {
        get { lock (gate) { return Math.Max(0, Most - taken); } }
    }

    internal bool TryTake(long amount, bool isHolder)
    {
        lock (gate)
        {
            if (amount > Most - taken && holders > (isHolder ? 1 : 0)) return false;
            if (!isHolder) holders++;
            taken += amount;
            return true;
        }
    }

    internal void Return(long amount, bool isHolder)
    {
        lock (gate)
        {
            if (!isHolder) holders--;
            taken -= amount;
        }
    }
}

/// <summary>What came of taking a part of a budget.</summary>
public enum Taking
{
    Taken,
    /// <summary>It is more than one package may have: the package can only be refused.</summary>
    TooLarge,
    /// <summary>Other deliveries hold too much of it just now: wait.</summary>
    NoRoom,
}

/// <summary>What one delivery holds of a budget. Any thread.</summary>
/// <param name="limit">What one package may have.</param>
/// <param name="total">What all may have together; null: there is no other delivery.</param>
/// <param name="each">What each thing costs of the total beside its own bytes.</param>
public sealed class Share(long limit, Budget? total = null, int each = 0)
{
    readonly Lock gate = new();
    long bytes, held;

    /// <summary>What it holds of the total.</summary>
    public long Held
    {
        get { lock (gate) { return held; } }
    }

    public Taking Take(long amount)
    {
        lock (gate)
        {
            if (amount > limit - bytes) return Taking.TooLarge;
            if (amount + each == 0) return Taking.Taken;
            if (total is not null && !total.TryTake(amount + each, isHolder: held > 0)) return Taking.NoRoom;
            bytes += amount;
            held += amount + each;
            return Taking.Taken;
        }
    }

    /// <summary>Gives back what one <see cref="Take"/> took.</summary>
    public void Return(long amount)
    {
        lock (gate)
        {
            bytes -= amount;
            held -= amount + each;
            total?.Return(amount + each, isHolder: held > 0);
        }
    }

    /// <summary>Gives all of it back.</summary>
    public void Clear()
    {
        lock (gate)
        {
            if (held > 0) total?.Return(held, isHolder: false);
            (bytes, held) = (0, 0);
        }
    }
}

/// <summary>What one delivery holds of all budgets.</summary>
public sealed class Shares(Share paths, Share hashText)
{
    /// <summary>What a file costs in memory beside its path, about: of the total, not of a package's own limit.</summary>
    public const int EachFile = 128;

    /// <summary>Shares of a package that nobody else is in hand with.</summary>
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
