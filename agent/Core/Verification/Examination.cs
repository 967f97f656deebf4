namespace Difusor.Agent.Verification;

/// <summary>
/// The examination of one package. Its HASH files are read only once, whatever is asked. Their texts stay in memory as
/// long as this object.
/// </summary>
sealed class Examination
{
    /// <summary>With fewer files than this, a second thread costs more than it saves.</summary>
    const int Few = 500;

    readonly PackageOffer offer;
    readonly IPackageContents contents;
    readonly IReadOnlyList<ContentEntry> entries;
    readonly VerificationRules rules;
    readonly FindingList reasons = new(), warnings = new();
    readonly ImmutableArray<Respelling> respelled;
    readonly Task<(FindingList Forbidden, string Huella)>? beside;

    internal Examination(PackageOffer offer, IPackageContents contents, VerificationRules rules)
    {
        (this.offer, this.contents, this.rules) = (offer, contents, rules);
        entries = contents.Entries;
        // Names and huella seldom need anything from the HASH files, so compute them at the same time. An exception
        // appears where the task is awaited. If nobody awaits it, the task ends by itself and changes nothing.
        beside = entries.Count < Few ? null : Task.Run(() => NamesAndHuella(entries));
        Survey = Survey.Of(offer, contents, rules, reasons, warnings);
        respelled = Spelling.Of(entries, Survey.Coverage.Index);
        HasReasons = !reasons.IsEmpty;
    }

    internal Survey Survey { get; }

    /// <summary>Gets whether reading the HASH files alone has given a reason.</summary>
    internal bool HasReasons { get; }

    /// <summary>Makes the verdict. Call it only once.</summary>
    /// <param name="more">Warnings in addition to the offer's.</param>
    internal Verdict Judge(IEnumerable<Finding>? more = null)
    {
        reasons.AddRange(offer.Findings, offer.MoreFindings);
        warnings.AddRange(offer.Warnings, offer.MoreWarnings);
        if (more is not null) warnings.AddRange(more);
        Survey.Coverage.ReportMismatches();
        foreach (var (later, first) in Survey.Coverage.Index.Twins)
            if (!reasons.CountsOnly(ReasonCode.DuplicatePath.Code()))
                reasons.Add(
                    ReasonCode.DuplicatePath, entries[later].Path.Value,
                    $"the same name as {entries[first].Path} but for case or Unicode form");
        var bytes = entries.Sum(entry => entry.Size);
        JudgeLimits(bytes);
        Corte? corte;
        if (Survey.IsWholeKnown)
        {
            Survey.ReportGaps(rules);
            var names = entries.Select(entry => entry.Path.Value)
                .Concat(offer.Findings.Select(finding => finding.Path).OfType<string>());
            if (rules.Hashes.RequireHtml && !names.Any(name => HtmlName.Is(name)))
                reasons.Add(ReasonCode.NoHtml, null, "no .html file in it");
            corte = CorteReading.Of(offer, contents, rules, reasons, warnings);
        }
        else corte = CorteReading.OfName(offer, rules);
        var series = PackageName.Read(offer.Name).Series
            ?? (offer.Folder is { } folder ? PackageName.Read(folder).Series : null);
        JudgeElection(series);
        var published = Spelling.Published(entries, respelled);
        if (!respelled.IsEmpty)
            foreach (var path in Spelling.AlsoFolders(published))
                reasons.Add(ReasonCode.DuplicatePath, path.Value, $"'{path}' is a file and a folder");
        var (forbidden, huella) = beside is null || !respelled.IsEmpty ? NamesAndHuella(published)
            : beside.GetAwaiter().GetResult();
        reasons.AddRange(forbidden.InOrder(), forbidden.More);
        ImmutableArray<Finding> rejecting = reasons.InOrder(), warning = warnings.InOrder();
        return new Verdict(
            offer.Name, corte, series, entries.Count, bytes, Survey.Algorithm, huella, rejecting, warning, entries)
        {
            MoreReasons = reasons.More, MoreWarnings = warnings.More, Respelled = respelled,
        };
    }

    (FindingList Forbidden, string Huella) NamesAndHuella(IReadOnlyList<ContentEntry> published)
    {
        var (names, forbidden) = (new NameRules(rules.Limits.DeniedExtensions), new FindingList());
        foreach (var entry in published)
            if (names.Problem(entry.Path.Value) is { } problem)
                forbidden.Add(ReasonCode.ForbiddenName, entry.Path.Value, problem);
        return (forbidden, PackageHuella.Of(published));
    }

    void JudgeLimits(long bytes)
    {
        var limits = rules.Limits;
        bool Told(ReasonCode reason) => offer.Findings.Any(finding => finding.Code == reason.Code());
        if (entries.Count > limits.Files && !Told(ReasonCode.TooManyFiles))
            reasons.Add(ReasonCode.TooManyFiles, null, $"{entries.Count} files, more than {limits.Files}");
        if (bytes > limits.PackageSize && !Told(ReasonCode.PackageTooLarge))
            reasons.Add(ReasonCode.PackageTooLarge, null, $"{bytes} bytes, more than {limits.PackageSize}");
        foreach (var entry in entries)
            if (entry.Size > limits.FileSize)
                reasons.Add(
                    ReasonCode.FileTooLarge, entry.Path.Value, $"{entry.Size} bytes, more than {limits.FileSize}");
        if (!Told(ReasonCode.PathsTooLarge) && PathBytes(entries) > limits.PathText)
            reasons.Add(ReasonCode.PathsTooLarge, null, $"more than {limits.PathText} bytes of paths");
    }

    static long PathBytes(IReadOnlyList<ContentEntry> entries)
    {
        var bytes = 0L;
        foreach (var entry in entries) bytes += entry.Path.Utf8Length;
        return bytes;
    }

    void JudgeElection(string? series)
    {
        if (rules.Series is { } expected && series is not null && series != expected)
            reasons.Add(ReasonCode.UnexpectedSeries, null, $"{series}, expected is {expected}");
    }
}
