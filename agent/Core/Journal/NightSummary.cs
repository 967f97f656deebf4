using Difusor.Agent.Events;

namespace Difusor.Agent.Journal;

/// <summary>One published corte: when, and how long after the time that it stands for.</summary>
public sealed record PublishedCorte(
    Corte Corte, DateTimeOffset PublishedAt, bool Rehearsal, string Package, long Files, long Bytes, string Huella,
    double? Seconds, ReleaseId Release)
{
    /// <summary>Gets the time from the corte itself to its publication.</summary>
    public TimeSpan Delay => PublishedAt - Corte.At;
}

/// <summary>Sums up a night from its journal alone.</summary>
/// <param name="Opened">The first opening of the public site's gate; null if it never opened.</param>
/// <param name="Rejected">All <c>PACKAGE_REJECTED</c> records.</param>
/// <param name="Incidents">All records of severity warning or worse, except rejections.</param>
public sealed record NightSummary(
    long Records, DateTimeOffset? From, DateTimeOffset? To, DateTimeOffset? Opened,
    IReadOnlyList<PublishedCorte> Published,
    IReadOnlyList<JournalRecord> Rejected, IReadOnlyList<JournalRecord> Incidents)
{
    /// <summary>Gets the cortes that the public got: those of rehearsals are none of the election's.</summary>
    public IEnumerable<PublishedCorte> Public => Published.Where(corte => !corte.Rehearsal);

    /// <summary>Gets the rejections that are no rehearsal's.</summary>
    public IEnumerable<JournalRecord> PublicRejected =>
        Rejected.Where(record => !EventCatalogue.IsOfARehearsal(record.Fields));

    public static NightSummary Of(IEnumerable<JournalRecord> journal)
    {
        var records = 0L;
        DateTimeOffset? from = null, to = null, opened = null;
        List<PublishedCorte> published = [];
        List<JournalRecord> rejected = [], incidents = [];
        foreach (var record in journal)
        {
            records++;
            from ??= record.BestTime;
            to = record.BestTime;
            if (record.Happened is GateOpened { Root: Root.Public }) opened ??= record.BestTime;
            if (record.Happened is CortePublished corte) published.Add(Read(corte, record.BestTime));
            if (record.Happened is PackageRejected) rejected.Add(record);
            else if (record.Severity <= Severity.Warning) incidents.Add(record);
        }
        return new NightSummary(records, from, to, opened, published, rejected, incidents);
    }

    static PublishedCorte Read(CortePublished corte, DateTimeOffset at) => new(
        corte.Corte, at, corte.Root == Root.Rehearsal, corte.Package, corte.Files, corte.Bytes, corte.ManifestSha256,
        corte.Seconds, corte.Release);
}
