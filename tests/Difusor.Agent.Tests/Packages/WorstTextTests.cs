using Difusor.Agent.Packages.Archives;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Packages;

/// <summary>
/// A mebibyte and more of what makes a search go to the end again and again. None of these asserts a time: a reader
/// that is not linear takes minutes for each, where a linear one takes milliseconds.
/// </summary>
public sealed class WorstTextTests
{
    const int Size = 1 << 20;
    static readonly Corte Corte = Corte.Read("2021-06-06T20:20:00-05:00")!.Value;

    [Theory]
    [InlineData("&"), InlineData("&#"), InlineData("&#x"), InlineData("&amp"), InlineData("<"), InlineData("<!--"),
        InlineData("<script"), InlineData("</script")]
    [InlineData("<script>"), InlineData("<p>"), InlineData("<!"), InlineData(";"), InlineData(">"), InlineData("1"),
        InlineData("1 "), InlineData("1/1/")]
    [InlineData("11.11."), InlineData("6 de "), InlineData("6 junio "), InlineData("20:20"), InlineData("20 : "),
        InlineData("2020 h"), InlineData("2020-"), InlineData("\u0661")]
    public void APageOfOneTokenIsReadToItsEnd(string token) =>
        Assert.True(CorteShown.In($"{Repeated(token)}--></script><p> 06/06/2021 20:20 </p>", Corte));

    [Fact]
    public void APageWithAllDatesAndAllTimesIsComparedOnce()
    {
        var page = new StringBuilder();
        for (var day = new DateOnly(2000, 1, 1); day.Year < 2999; day = day.AddDays(1))
            page.Append(day.ToString("yyyy-MM-dd ", null));
        for (var time = 0; time < 10_000; time++) page.Append($"{time / 100:00}:{time % 100:00} ");
        var shown = CorteShown.Read(page.ToString());
        for (var again = 0; again < 1000; again++) Assert.True(shown.ShowsALaterOneThan(Corte));
        Assert.False(shown.ShowsALaterOneThan(Corte.Read("2999-06-06T20:20:00-05:00")!.Value));
    }

    [Theory]
    [InlineData("a"), InlineData("0"), InlineData("\n"), InlineData(" "), InlineData("#"), InlineData("\\"),
        InlineData("("), InlineData("SHA256 ("), InlineData("="), InlineData(")= ")]
    [InlineData("# \n"), InlineData("\r"), InlineData("\uFEFF"), InlineData(";"), InlineData(","), InlineData("\"")]
    [InlineData("a;"), InlineData("hash;archivo\n"), InlineData("Algorithm Hash Path\n"), InlineData("-- \n")]
    [InlineData("%%%% size,md5,filename\n"), InlineData("7-Zip \n"), InlineData("Path : a\n"), InlineData(": ")]
    [InlineData("SHA256 hash of a:\n"), InlineData("-----BEGIN PGP SIGNED MESSAGE-----\n"), InlineData("C:\\")]
    public void AHashFileOfOneTokenIsRefused(string token)
    {
        var path = RelativePath.Own("SHA256SUMS");
        Assert.NotNull(HashFile.Parse(path, Encoding.UTF8.GetBytes(Repeated(token))).Problem);
        Assert.NotNull(
            HashFile.Parse(
            path, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Repeated(token)[..2000] + "\n", 2000))))
            .Problem);
    }

    [Theory]
    [InlineData("2021/06/06 "), InlineData(" "), InlineData("("), InlineData("1"), InlineData("/"),
        InlineData("2021/06/06 20:20 h "), InlineData(",")]
    [InlineData("6 de junio de 2021 "), InlineData("|"), InlineData("2021/06/06 20:20 hora "), InlineData("; a"),
        InlineData("\uFEFF"), InlineData("20:20:20,1")]
    public void AHeaderOfOneTokenIsNone(string token)
    {
        Assert.Null(CorteHeader.Read(Encoding.UTF8.GetBytes(Repeated(token))));
        Assert.Null(CorteHeader.Read(Encoding.UTF8.GetBytes(Repeated(token)[..250])));
    }

    [Theory]
    [InlineData("["), InlineData("{\"fechaCorte\":"), InlineData("{\"horaCorte\":[{},"), InlineData("{}"),
        InlineData("\"corte\""), InlineData("[{\"fechaCorte\":\"2021-06-06T20:20\"},"), InlineData("// corte\n")]
    public void JsonOfOneTokenStatesNothing(string token) =>
        Assert.Empty(CorteJson.Read(Encoding.UTF8.GetBytes(Repeated(token)), []));

    [Theory]
    [InlineData("0"), InlineData("1"), InlineData("11 a="), InlineData("5 \n\n"), InlineData("=")]
    public void APaxHeaderOfOneTokenIsRefused(string token) =>
        Assert.Throws<ArchiveRefused>(() => PaxRecords.Read(Encoding.UTF8.GetBytes(Repeated(token))));

    [Fact]
    public void EachSpellingOfANameIsATwinOnceHoweverManyThereAre()
    {
        // The Kelvin sign: no ASCII name, which folds to one.
        var names = Enumerable.Range(0, 100_000)
            .SelectMany(number => new[] { $"k{number}.html", $"\u212A{number}.html" });
        var index = new FileIndex(Entries(names), LeftoverNames.BuiltIn);
        Assert.Equal(100_000, index.Twins.Count);
        Assert.Equal(100_000, index.Twins.Select(twin => twin.Later).Distinct().Count());
    }

    [Fact]
    public void ANameInAllItsSpellingsIsOneFindingForEachAfterTheFirst()
    {
        string[] spellings =
            ["king.html", "King.html", "KING.html", "\u212Aing.html", "\u212AING.html", "\u212Aing.HTML", "kING.html"];
        var index = new FileIndex(Entries(spellings), LeftoverNames.BuiltIn);
        Assert.Equal(spellings.Length - 1, index.Twins.Count);
        Assert.Equal(spellings.Length - 1, index.Twins.Select(twin => twin.Later).Distinct().Count());
    }

    [Fact]
    public void SidecarsOfStemsWithinStemsFindEachFileOfTheirsAndLookAtNoOther()
    {
        var stems = Enumerable.Range(1, 120).Select(depth => "a" + string.Concat(Enumerable.Repeat(".a", depth)))
            .ToList();
        var index = new FileIndex(
            Entries([.. Enumerable.Range(0, 50_000).Select(number => $"{stems[^1]}.x.{number}"), "a.html", "a.css",
            "b/a.html"]), LeftoverNames.BuiltIn);
        for (var again = 0; again < 500; again++)
            foreach (var stem in stems) Assert.Empty(index.WithStem(stem));
        Assert.Equal(2, index.WithStem("a").Count);
        Assert.Single(index.WithStem("b/a"));
        Assert.Empty(index.WithStem("b"));
    }

    [Fact]
    public void ATarOfGlobalHeadersOnlyIsRefusedAtTheLimit()
    {
        var limits = new LimitSettings { Files = 10 };
        var ledger = new Allowance(limits, Shares.Alone(limits.PathText, limits.HashText));
        Assert.Throws<ArchiveRefused>(() => { for (var header = 0; header < 2000; header++) ledger.Header(); });
    }

    static string Repeated(string token) => string.Concat(Enumerable.Repeat(token, Size / token.Length + 1));

    static List<ContentEntry> Entries(IEnumerable<string> names) =>
        [.. names.Select(RelativePath.Own).Order().Select(path => new ContentEntry(path, 0, default))];
}
