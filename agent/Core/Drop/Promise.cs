namespace Difusor.Agent.Drop;

/// <summary>What the name of a delivery says about its corte, best first.</summary>
public enum Promise
{
    /// <summary>Newer than the live corte, and not in the future: it is taken before anything else.</summary>
    Newer,
    /// <summary>The name says nothing, or it names the live corte.</summary>
    Unknown,
    /// <summary>Older than the live corte.</summary>
    Older,
    /// <summary>Of another series than the accepted one: it will be rejected.</summary>
    OtherSeries,
    /// <summary>In the future: such deliveries come after all others.</summary>
    Future,
}

/// <summary>How likely it is that a delivery is complete, as far as known without a verdict; best first.</summary>
public enum Wholeness
{
    /// <summary>A manifest covers all its files, and all of them match.</summary>
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
    /// <param name="name">Without a stamp it promises nothing.</param>
    /// <param name="series">The only accepted one; null: any.</param>
    /// <param name="live">The live corte; null if there is none.</param>
    /// <param name="latest">Cortes later than this are in the future.</param>
    /// <param name="offset">The offset of the election, which applies to the digits of a name.</param>
    public static Promise Of(
        PackageName name, string? series, Corte? live, DateTimeOffset latest, TimeSpan offset)
    {
        if (name.Stamp is not { } digits) return Promise.Unknown;
        if (digits > latest.ToOffset(offset).DateTime) return Promise.Future;
        if (series is not null && name.Series is { } own && own != series && !IsBeside(own, series))
            return Promise.OtherSeries;
        if (live is not { } corte) return Promise.Newer;
        var order = digits.CompareTo(corte.At.ToOffset(offset).DateTime);
        return order > 0 ? Promise.Newer : order == 0 ? Promise.Unknown : Promise.Older;
    }

    /// <summary>Returns whether it may be a HASH file beside an archive: <c>SERIES.zip.sha256</c>.</summary>
    static bool IsBeside(string own, string series) =>
        own.Length > series.Length && own[series.Length] == '.' && own.StartsWith(series, StringComparison.Ordinal);
}
