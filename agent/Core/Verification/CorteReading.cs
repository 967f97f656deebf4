namespace Difusor.Agent.Verification;

/// <summary>
/// Finds which corte a package stands for: its names, headers, archives and JSON must agree (contract, section 6,
/// "Corte").
/// </summary>
static class CorteReading
{
    internal static Corte? Of(
        PackageOffer offer, IPackageContents contents, VerificationRules rules, FindingList reasons,
        FindingList warnings)
    {
        var inside = CorteSources.In(contents, rules.CorteInJson);
        var offset = inside.Select(source => source.Stamp.IsUtc ? null : source.Stamp.Offset)
            .FirstOrDefault(stated => stated is not null);
        var names = NamesOf(offer)
            .Select(name => (Source: name, At: new DateTimeOffset(
                name.Stamp.Local, OffsetAt(name.Stamp.Local, offset, rules)))).ToList();
        DateTimeOffset? named = names.Count > 0 ? names[0].At : null;
        var cortes = inside.Select(source => (Source: source, At: AtOf(source, offset, named, rules, warnings)))
            .Concat(names).ToList();
        if (cortes.Count == 0)
        {
            reasons.Add(ReasonCode.NoCorte, null, "no name, header of a table, archive or JSON of it states one");
            return null;
        }
        var (newest, oldest) = (cortes.MaxBy(corte => corte.At.UtcTicks), cortes.MinBy(corte => corte.At.UtcTicks));
        var stands = new Corte(named ?? newest.At);
        var path = oldest.Source.Path ?? newest.Source.Path ?? offer.Folder;
        if (newest.At - oldest.At >= rules.Cadence / 2)
            reasons.Add(
                ReasonCode.CorteMismatch, path,
                $"the oldest is {new Corte(oldest.At)} in {oldest.Source.Where}, the newest {new Corte(newest.At)} in "
                    + $"{newest.Source.Where}");
        else if (!IsOneMinute(oldest.At, newest.At))
            warnings.Add(
                new Finding(
                "corte-differs", path,
                $"from {new Corte(oldest.At)} in {oldest.Source.Where} to {new Corte(newest.At)} in "
                    + $"{newest.Source.Where}: {stands} stands"));
        return stands;
    }

    /// <summary>Returns the corte in the name, for when not all files are known; null if the name has none.</summary>
    internal static Corte? OfName(PackageOffer offer, VerificationRules rules) =>
        NamesOf(offer).Select(name => name.Stamp.Local).ToList() is [var stamp, ..]
            ? new Corte(new DateTimeOffset(stamp, OffsetAt(stamp, null, rules))) : null;

    /// <summary>
    /// Returns the stamps of the package's name and of the folder inside; the first that there is counts.
    /// </summary>
    static IEnumerable<StatedCorte> NamesOf(PackageOffer offer)
    {
        foreach (var name in new[] { offer.Name, offer.Folder })
            if (name is not null && PackageName.Read(name).Stamp is { } stamp)
                yield return new StatedCorte(Printable.Of(name), null, new CorteStamp(stamp, null));
    }

    /// <summary>
    /// Returns whether two times are the same minute, where not both have seconds: a name seldom has any.
    /// </summary>
    static bool IsOneMinute(DateTimeOffset one, DateTimeOffset other) => one == other
        || (one.UtcTicks / TimeSpan.TicksPerMinute == other.UtcTicks / TimeSpan.TicksPerMinute
            && (one.Second == 0 || other.Second == 0));

    /// <summary>
    /// Returns the instant of a stamp. One that says UTC may have local digits all the same: where the package's name
    /// has a stamp, the reading that is nearer to it counts.
    /// </summary>
    static DateTimeOffset AtOf(
        StatedCorte source, TimeSpan? offset, DateTimeOffset? named, VerificationRules rules, FindingList warnings)
    {
        var (local, written) = source.Stamp;
        var own = OffsetAt(local, source.Stamp.IsUtc ? offset : written ?? offset, rules);
        var (digits, utc) = (new DateTimeOffset(local, own), new DateTimeOffset(local, TimeSpan.Zero));
        if (source.Stamp.IsUtc && (named is not { } name || (utc - name).Duration() <= (digits - name).Duration()))
            return rules.Zone is { } there ? TimeZoneInfo.ConvertTime(utc, there) : utc;
        if (written is { } stated && stated != own && rules.Zone is { } zone)
            warnings.Add(new Finding("offset-not-of-zone", source.Path,
                $"UTC{Signed(stated)} is not an offset of {zone.Id} on that date: the digits are read as "
                    + $"UTC{Signed(own)}"));
        return digits;
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
