namespace Difusor.Agent.Verification;

/// <summary>
/// Finds which corte a package stands for: its name and its data files' headers must agree (contract, section 6).
/// </summary>
static class CorteReading
{
    internal static Corte? Of(
        PackageOffer offer, IPackageContents contents, VerificationRules rules, FindingList reasons,
        FindingList warnings)
    {
        var stamp = StampOf(offer, reasons);
        var headers = contents.Entries.Where(entry => CorteHeader.IsDataFile(entry.Path.Value))
            .Select(entry =>
                (entry.Path, Header: CorteHeader.Read(contents.ReadHead(entry.Path, CorteHeader.HeadBytes))))
            .Where(found => found.Header is not null).Select(found => (found.Path, Header: found.Header!.Value))
                .ToList();
        if (headers.Count == 0)
        {
            if (stamp is { } alone) return new Corte(new DateTimeOffset(alone, OffsetAt(alone, null, rules)));
            reasons.Add(ReasonCode.NoCorte, null, "neither the package's name nor a TXT or CSV header has one");
            return null;
        }
        var stated = headers.Select(found => found.Header.Offset).FirstOrDefault(offset => offset is not null);
        var cortes = headers.Select(found => (found.Path, At: AtOf(found.Path, found.Header, stated, rules, warnings)))
            .ToList();
        var (newest, oldest) = (cortes.MaxBy(corte => corte.At.UtcTicks), cortes.MinBy(corte => corte.At.UtcTicks));
        if (newest.At - oldest.At >= rules.Cadence / 2)
            reasons.Add(
                ReasonCode.CorteMismatch, oldest.Path.Value,
                $"{new Corte(oldest.At)}, but {newest.Path} has {new Corte(newest.At)}");
        else if (newest.At != oldest.At)
            warnings.Add(
                new Finding(
                "cortes-differ", oldest.Path.Value,
                $"{new Corte(oldest.At)}; the newest stands: {newest.Path} has {new Corte(newest.At)}"));
        return stamp is { } named ? WithName(named, newest.Path, newest.At, reasons) : new Corte(newest.At);
    }

    /// <summary>Returns the corte in the name, for when not all files are known; null if the name has none.</summary>
    internal static Corte? OfName(PackageOffer offer, VerificationRules rules) =>
        StampOf(offer, new FindingList()) is { } stamp
            ? new Corte(new DateTimeOffset(stamp, OffsetAt(stamp, null, rules))) : null;

    /// <summary>
    /// Combines the name's corte with the headers'. Both must agree to the minute; if the header has no seconds, those
    /// of the name are used.
    /// </summary>
    static Corte WithName(DateTime stamp, RelativePath path, DateTimeOffset header, FindingList reasons)
    {
        var local = header.DateTime;
        if (stamp == local
            || (stamp.AddSeconds(-stamp.Second) == local.AddSeconds(-local.Second)
            && (local.Second == 0 || stamp.Second == 0)))
            return new Corte(local.Second == 0 ? new DateTimeOffset(stamp, header.Offset) : header);
        reasons.Add(
            ReasonCode.CorteMismatch, path.Value,
            $"{new Corte(header)}, but the package's name says {stamp:yyyy-MM-dd HH:mm:ss}");
        return new Corte(header);
    }

    static DateTime? StampOf(PackageOffer offer, FindingList reasons)
    {
        var named = PackageName.Read(offer.Name).Stamp;
        var inside = offer.Folder is { } folder ? PackageName.Read(folder).Stamp : null;
        if (named is { } outer && inside is { } inner && outer != inner)
            reasons.Add(
                ReasonCode.CorteMismatch, offer.Folder,
                $"the folder inside says {inner:yyyy-MM-dd HH:mm:ss}, but the package's name "
                + $"{outer:yyyy-MM-dd HH:mm:ss}");
        return named ?? inside;
    }

    static DateTimeOffset AtOf(
        RelativePath path, CorteHeader header, TimeSpan? stated, VerificationRules rules, FindingList warnings)
    {
        var offset = OffsetAt(header.Local, header.Offset ?? stated, rules);
        if (header.Offset is { } written && written != offset)
            warnings.Add(new Finding("offset-not-of-zone", path.Value,
                $"UTC{Signed(written)} is not an offset of {rules.Zone?.Id} on that date: the digits are read as "
                    + $"UTC{Signed(offset)}"));
        return new DateTimeOffset(header.Local, offset);
    }

    /// <summary>
    /// Returns the stated offset if the zone has it at that local time (there are two on the night when clocks go
    /// back), or else the zone's own. Without a zone, returns the stated offset, or the rules' fixed one.
    /// </summary>
    static TimeSpan OffsetAt(DateTime local, TimeSpan? stated, VerificationRules rules)
    {
        if (rules.Zone is not { } zone) return stated ?? rules.Offset;
        var own = zone.GetUtcOffset(local);
        if (stated is null || stated == own) return own;
        return zone.IsAmbiguousTime(local) && zone.GetAmbiguousTimeOffsets(local).Contains(stated.Value) ? stated.Value
            : own;
    }

    static string Signed(TimeSpan offset) => $"{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}";
}
