using Difusor.Agent.Packages;

namespace Difusor.Agent.Verification;

/// <summary>Judges a package: whether its contents are what its HASH files say, and whether they may be served (contract, section 6).</summary>
public static class Verifier
{
    public static Verdict Judge(PackageOffer offer, IPackageContents contents, VerificationRules rules)
    {
        var (reasons, warnings) = (new FindingList(), new FindingList());
        reasons.AddRange(offer.Findings);
        warnings.AddRange(offer.Warnings);
        var entries = contents.Entries;
        var bytes = entries.Sum(entry => entry.Size);
        // What needs nothing of the HASH files goes on beside them.
        var huella = "";
        List<Finding> forbidden = [];
        void NamesAndHuella()
        {
            forbidden = Forbidden(entries, rules);
            huella = PackageHuella.Of(entries);
        }
        var beside = entries.Count < Few ? null : Task.Run(NamesAndHuella);
        var survey = Survey.Of(offer, contents, rules, reasons, warnings);
        survey.Coverage.ReportMismatches();
        foreach (var (later, first) in survey.Coverage.Index.Twins)
            reasons.Add(ReasonCode.DuplicatePath, entries[later].Path.Value, $"the same name as {entries[first].Path} but for case or Unicode form");
        JudgeLimits(offer, entries, bytes, rules, reasons);
        Corte? corte;
        if (survey.IsWholeKnown)
        {
            survey.ReportGaps(rules);
            var names = entries.Select(entry => entry.Path.Value).Concat(offer.Findings.Select(finding => finding.Path).OfType<string>());
            if (rules.Hashes.RequireHtml && !names.Any(name => HtmlName.Is(name))) reasons.Add(ReasonCode.NoHtml, null, "no .html file in it");
            corte = CorteReading.Of(offer, contents, rules, reasons, warnings);
        }
        else corte = CorteReading.OfName(offer, rules);
        var series = PackageName.Read(offer.Name).Series ?? (offer.Folder is { } folder ? PackageName.Read(folder).Series : null);
        JudgeElection(corte, series, rules, reasons);
        if (beside is null) NamesAndHuella();
        else beside.GetAwaiter().GetResult();
        reasons.AddRange(forbidden);
        return new Verdict(offer.Name, corte, series, entries.Count, bytes, survey.Algorithm, huella,
            reasons.InOrder(), warnings.InOrder(), entries);
    }

    /// <summary>Below so many files a second thread costs more than it spares.</summary>
    const int Few = 500;

    static List<Finding> Forbidden(IReadOnlyList<ContentEntry> entries, VerificationRules rules)
    {
        var names = new NameRules(rules.Limits.DeniedExtensions);
        var forbidden = new List<Finding>();
        foreach (var entry in entries)
            if (names.Problem(entry.Path.Value) is { } problem) forbidden.Add(Finding.Of(ReasonCode.ForbiddenName, entry.Path.Value, problem));
        return forbidden;
    }

    static void JudgeLimits(PackageOffer offer, IReadOnlyList<ContentEntry> entries, long bytes, VerificationRules rules, FindingList reasons)
    {
        var limits = rules.Limits;
        bool Told(ReasonCode reason) => offer.Findings.Any(finding => finding.Code == reason.Code());
        if (entries.Count > limits.Files && !Told(ReasonCode.TooManyFiles)) reasons.Add(ReasonCode.TooManyFiles, null, $"{entries.Count} files, more than {limits.Files}");
        if (bytes > limits.PackageSize && !Told(ReasonCode.PackageTooLarge)) reasons.Add(ReasonCode.PackageTooLarge, null, $"{bytes} bytes, more than {limits.PackageSize}");
        foreach (var entry in entries)
            if (entry.Size > limits.FileSize) reasons.Add(ReasonCode.FileTooLarge, entry.Path.Value, $"{entry.Size} bytes, more than {limits.FileSize}");
    }

    static void JudgeElection(Corte? corte, string? series, VerificationRules rules, FindingList reasons)
    {
        if (rules.Series is { } expected && series is not null && series != expected)
            reasons.Add(ReasonCode.UnexpectedSeries, null, $"{series}, expected is {expected}");
        if (corte is { } at && rules.Cortes is var (first, last) && (at.At < first || at.At > last))
            reasons.Add(ReasonCode.CorteOutsideWindow, null, $"{at} is not between {new Corte(first)} and {new Corte(last)}");
    }
}
