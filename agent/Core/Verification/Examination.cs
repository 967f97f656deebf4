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
    readonly Task<NamesRead>? beside;

    /// <summary>What a list of files says without their HASH files.</summary>
    sealed record NamesRead(FindingList Forbidden, string Huella);

    internal Examination(PackageOffer offer, IPackageContents contents, VerificationRules rules)
    {
        (this.offer, this.contents, this.rules) = (offer, contents, rules);
        entries = contents.Entries;
        // Names and huella seldom need anything from the HASH files, so compute them at the same time. An exception
        // appears where the task is awaited. If nobody awaits it, the task ends by itself and changes nothing.
        beside = entries.Count < Few ? null : Task.Run(() => ReadNames(entries));
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
        AddFindings();
        warnings.AddRange(offer.Warnings, offer.MoreWarnings);
        if (more is not null) warnings.AddRange(more);
        Survey.Coverage.ReportMismatches();
        var sent = Survey.Published;
        var published = Spelling.Published(sent, respelled);
        foreach (var (later, first) in Survey.Coverage.Index.Twins)
            if (!Survey.IsPassedOver(later) && !Survey.IsPassedOver(first)
                && !reasons.CountsOnly(ReasonCode.DuplicatePath.Code()))
                reasons.Add(
                    ReasonCode.DuplicatePath, entries[later].Path.Value,
                    $"the same name as {entries[first].Path} but for case or Unicode form");
        var bytes = sent.Sum(entry => entry.Size);
        JudgeLimits(sent, bytes);
        Corte? corte;
        if (Survey.IsWholeKnown)
        {
            Survey.ReportGaps(rules);
            var names = sent.Select(entry => entry.Path.Value)
                .Concat(offer.Findings.Select(finding => finding.Path).OfType<string>());
            if (rules.Hashes.RequireHtml && !Survey.HidesSomething && !names.Any(name => HtmlName.Is(name)))
                reasons.Add(ReasonCode.NoHtml, null, "no .html file in it");
            corte = CorteReading.Of(offer, new PublishedContents(contents, sent), rules, reasons, warnings);
        }
        else corte = CorteReading.OfName(offer, rules);
        var series = PackageName.Read(offer.Name).Series
            ?? (offer.Folder is { } folder ? PackageName.Read(folder).Series : null);
        JudgeElection(series);
        if (!respelled.IsEmpty)
            foreach (var path in Spelling.AlsoFolders(published))
                reasons.Add(ReasonCode.DuplicatePath, path.Value, $"'{path}' is a file and a folder");
        // What was computed beside is of all files, as they were sent. It is of no use where some are not published.
        var read = beside is null || sent.Count < entries.Count || !respelled.IsEmpty
            ? ReadNames(published) : beside.GetAwaiter().GetResult();
        reasons.AddRange(read.Forbidden.InOrder(), read.Forbidden.More);
        if (reasons.IsEmpty) Servability.Warn(published, warnings);
        var verdict = new Verdict(
            offer.Name, corte, series, sent.Count, bytes, Survey.Algorithm, read.Huella, [], [], sent)
        {
            Leftovers = Survey.PassedOver, Respelled = respelled,
        };
        return WithFindings(verdict);
    }

    /// <summary>
    /// Adds to a verdict what else is there and was not read because its name is that of a leftover.
    /// </summary>
    /// <param name="paths">None of them is listed by a HASH file.</param>
    /// <param name="uncounted">How many more there are.</param>
    internal Verdict WithPassedOver(Verdict verdict, IReadOnlyCollection<string> paths, int uncounted)
    {
        if (paths.Count == 0) return verdict;
        foreach (var path in paths)
            if (Survey.LeftoverAt(path) is { } warning) warnings.Add(warning);
            else Survey.ReportUncovered(path, rules);
        warnings.AddRange([], uncounted);
        return WithFindings(verdict);
    }

    Verdict WithFindings(Verdict verdict) => verdict with
    {
        Reasons = reasons.InOrder(), Warnings = warnings.InOrder(),
        MoreReasons = reasons.More, MoreWarnings = warnings.More,
    };

    /// <summary>
    /// Takes what was wrong when the package was read. A leftover that cannot be read, or is too large, is no reason;
    /// but where findings were only counted, one of them may be about any other file.
    /// </summary>
    void AddFindings()
    {
        var unread = offer.MoreFindings > 0 ? [] : offer.Findings.Where(IsUnread).ToHashSet();
        var listed = Survey.ListedOf(unread.Select(finding => finding.Path!));
        foreach (var finding in offer.Findings)
            if (unread.Contains(finding) && !listed.Contains(finding.Path!)
                && Survey.LeftoverAt(finding.Path!) is { } warning) warnings.Add(warning);
            else reasons.Add(finding);
        reasons.AddRange([], offer.MoreFindings);
    }

    static bool IsUnread(Finding finding) => finding.Path is not null
        && (finding.Code == ReasonCode.UnreadableFile.Code() || finding.Code == ReasonCode.FileTooLarge.Code());

    NamesRead ReadNames(IReadOnlyList<ContentEntry> files)
    {
        var (names, forbidden) = (new NameRules(rules.Limits.DeniedExtensions), new FindingList());
        foreach (var file in files)
            if (names.Problem(file.Path.Value) is { } problem)
                forbidden.Add(ReasonCode.ForbiddenName, file.Path.Value, problem);
        return new NamesRead(forbidden, PackageHuella.Of(files));
    }

    void JudgeLimits(IReadOnlyList<ContentEntry> files, long bytes)
    {
        var limits = rules.Limits;
        bool Told(ReasonCode reason) => offer.Findings.Any(finding => finding.Code == reason.Code());
        if (files.Count > limits.Files && !Told(ReasonCode.TooManyFiles))
            reasons.Add(ReasonCode.TooManyFiles, null, $"{files.Count} files, more than {limits.Files}");
        if (bytes > limits.PackageSize && !Told(ReasonCode.PackageTooLarge))
            reasons.Add(ReasonCode.PackageTooLarge, null, $"{bytes} bytes, more than {limits.PackageSize}");
        foreach (var entry in files)
            if (entry.Size > limits.FileSize)
                reasons.Add(
                    ReasonCode.FileTooLarge, entry.Path.Value, $"{entry.Size} bytes, more than {limits.FileSize}");
        if (!Told(ReasonCode.PathsTooLarge) && PathBytes(files) > limits.PathText)
            reasons.Add(ReasonCode.PathsTooLarge, null, $"more than {limits.PathText} bytes of paths");
    }

    static long PathBytes(IReadOnlyList<ContentEntry> files)
    {
        var bytes = 0L;
        foreach (var file in files) bytes += file.Path.Utf8Length;
        return bytes;
    }

    void JudgeElection(string? series)
    {
        if (rules.Series is { } expected && series is not null && series != expected)
            reasons.Add(ReasonCode.UnexpectedSeries, null, $"{series}, expected is {expected}");
    }
}
