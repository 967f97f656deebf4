namespace Difusor.Agent.Verification;

/// <summary>
/// Finds pages of another corte in a package that is written over its last one. Without a manifest at the top that
/// covers everything, each digest may match although half of the files are still the old ones. Only what the pages show
/// (call, I.11) can tell.
/// </summary>
public static class OtherCortes
{
    const int MostBytes = 256 * 1024, MostNamed = 1000;

    /// <summary>
    /// Returns, if the data files are new, the old pages that show an earlier corte; if all data files are old, the new
    /// pages that show a later one.
    /// </summary>
    /// <param name="verdict">A verdict that accepts the package.</param>
    /// <param name="unchanged">The package's paths that nobody has written since the previous verdict.</param>
    /// <param name="judged">The cortes that have had a verdict.</param>
    public static ImmutableArray<string> Of(
        Verdict verdict, IPackageContents contents, IReadOnlySet<string> unchanged, IReadOnlySet<Corte> judged)
    {
        if (unchanged.Count == 0 || unchanged.Count == verdict.Contents.Count || verdict.Corte is not { } corte)
            return [];
        // A site that is built in the browser may have its data in JSON alone.
        var kind = verdict.Contents.Any(entry => CorteHeader.IsDataFile(entry.Path.Value)) ? CorteSource.Table
            : CorteSource.Json;
        var dataIsOld = verdict.Contents.All(
            entry => CorteSources.Of(entry.Path.Value) != kind || unchanged.Contains(entry.Path.Value));
        var others = judged.Where(other => other != corte).ToList();
        var named = ImmutableArray.CreateBuilder<string>();
        foreach (var entry in verdict.Contents)
        {
            if (!HtmlName.Is(entry.Path.Value) || unchanged.Contains(entry.Path.Value) == dataIsOld) continue;
            var shown = CorteShown.Read(Encoding.UTF8.GetString(contents.ReadHead(entry.Path, MostBytes)));
            if (shown.Shows(corte) || !(dataIsOld ? shown.ShowsALaterOneThan(corte) : others.Exists(shown.Shows)))
                continue;
            named.Add(entry.Path.Value);
            if (named.Count == MostNamed) break;
        }
        return named.ToImmutable();
    }

    /// <summary>Returns the reasons for such pages once nothing more is awaited: <c>corte-mismatch</c>.</summary>
    public static IEnumerable<Finding> Reasons(ImmutableArray<string> pages, Corte corte) =>
        pages.Select(
            page => Finding.Of(
            ReasonCode.CorteMismatch, page, $"it shows another corte than {corte}, which the data files state"));
}
