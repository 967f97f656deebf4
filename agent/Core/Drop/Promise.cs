using Difusor.Agent.Packages;

namespace Difusor.Agent.Drop;

/// <summary>What a delivery's name says of its corte, the best first.</summary>
public enum Promise
{
    /// <summary>Newer than what is live, and not of the future: it is taken before anything else.</summary>
    Newer,
    /// <summary>The name tells nothing, or the corte that is live.</summary>
    Unknown,
    /// <summary>Older than what is live.</summary>
    Older,
    /// <summary>Of the future: nothing of it comes before the present.</summary>
    Future,
}

/// <summary>
/// How likely it is that a delivery is all there, as far as can be told without a verdict; the best first.
/// </summary>
public enum Wholeness
{
    /// <summary>A manifest covers all that lies there, and all of it matches.</summary>
    Whole,
    /// <summary>Nothing is open, and there is an archive or a HASH file.</summary>
    MayBeWhole,
    /// <summary>Nothing is open, and there is no HASH file.</summary>
    WithoutHash,
    /// <summary>Some file is still being written.</summary>
    Open,
}

public static class Promises
{
    /// <param name="stamp">The digits of the name; null where it has none.</param>
    /// <param name="live">The corte that is live; null while none is.</param>
    /// <param name="latest">From then on a corte is of the future.</param>
    /// <param name="offset">The election's, in which a name's digits are read.</param>
    public static Promise Of(DateTime? stamp, Corte? live, DateTimeOffset latest, TimeSpan offset)
    {
        if (stamp is not { } digits) return Promise.Unknown;
        if (digits > latest.ToOffset(offset).DateTime) return Promise.Future;
        if (live is not { } corte) return Promise.Newer;
        var order = digits.CompareTo(corte.At.ToOffset(offset).DateTime);
        return order > 0 ? Promise.Newer : order == 0 ? Promise.Unknown : Promise.Older;
    }
}
