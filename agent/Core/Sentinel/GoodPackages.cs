using Difusor.Agent.Events;

namespace Difusor.Agent.Sentinel;

/// <summary>
/// Remembers which packages of a root were good, so that only news ends a rejection or a stalled delivery: a package of
/// that corte or a later one that was never verified before. An older one, or one that is verified again, says nothing
/// about what was rejected since. It is immutable.
/// </summary>
sealed record GoodPackages
{
    /// <summary>More packages than a night has. Beyond them the oldest is forgotten.</summary>
    const int Remembered = 256;

    /// <summary>
    /// A corte that is so much later than the present may be a mistake or a test, and no honest one would reach it.
    /// </summary>
    static readonly TimeSpan Plausible = TimeSpan.FromMinutes(10);

    public static GoodPackages None { get; } = new();

    DateTimeOffset? Newest { get; init; }

    ImmutableList<string> Huellas { get; init; } = [];

    /// <summary>Returns which corte a package must have at least to end a trouble that begins now.</summary>
    public DateTimeOffset BarOf(AgentEvent happened, DateTimeOffset at, OpenTrouble? known)
    {
        var stated = happened switch
        {
            PackageRejected { Corte: { } corte } => corte.At,
            PackageRejected rejected => Named(rejected.Package),
            DeliveryStalled stalled => Named(stalled.Package),
            _ => null,
        };
        // Of what states no corte, only one that is newer than all before is taken for the next.
        var own = stated is { } plausible && plausible <= at + Plausible ? plausible
            : Newest?.AddTicks(1) ?? DateTimeOffset.MinValue;
        return known is not null && known.Bar > own ? known.Bar : own;
    }

    /// <summary>Returns whether a good package is no news about an open trouble, so that it does not end it.</summary>
    public bool IsOld(AgentEvent happened, OpenTrouble open) => happened switch
    {
        PackageVerified verified => verified.Corte?.At < open.Bar || Huellas.Contains(verified.ManifestSha256),
        // Of the rejected corte itself, its own verdict was the news.
        CortePublished published when open.Entry.Trouble == Trouble.Package => published.Corte.At <= open.Bar,
        CortePublished published => published.Corte.At < open.Bar,
        _ => false,
    };

    /// <summary>
    /// Returns these and a good package, or without one that was let go: that is news when it is good again. Null where
    /// the event is about no package.
    /// </summary>
    public GoodPackages? And(AgentEvent happened, DateTimeOffset at) => happened switch
    {
        PackageVerified verified => With(verified.Corte, verified.ManifestSha256, at),
        CortePublished published => With(published.Corte, published.ManifestSha256, at),
        PackageRejected { ManifestSha256: { } huella } => this with { Huellas = Huellas.Remove(huella) },
        _ => null,
    };

    GoodPackages With(Corte? corte, string huella, DateTimeOffset at) => this with
    {
        Newest = corte?.At is { } newer && !(newer < Newest) && newer <= at + Plausible ? newer : Newest,
        Huellas = Huellas.Contains(huella) ? Huellas
            : (Huellas.Count < Remembered ? Huellas : Huellas.RemoveAt(0)).Add(huella),
    };

    /// <summary>Returns the corte that a name states, by the offset of the newest one; null without either.</summary>
    DateTimeOffset? Named(string package) =>
        Newest is { } newest && PackageName.Read(package).Stamp is { } stamp
            ? new DateTimeOffset(stamp, newest.Offset) : null;
}
