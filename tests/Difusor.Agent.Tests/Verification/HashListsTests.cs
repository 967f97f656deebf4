using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Verification;

/// <summary>
/// What a HASH list means depends on the package that it is in: blanks, prefixes, and whether it is one at all.
/// </summary>
public sealed class HashListsTests
{
    const string Name = "20210606_2020_PREP_MEX";
    static readonly VerificationRules Rules = VerificationRules.Default;

    static string Hex(string text) => Digest.Sha256(Encoding.UTF8.GetBytes(text)).Hex;

    static MemoryContents Package(params (string Path, string Text)[] files)
    {
        var contents = new MemoryContents();
        foreach (var (path, text) in files) contents.Place(RelativePath.Own(path), Encoding.UTF8.GetBytes(text));
        return contents;
    }

    static Verdict Judge(MemoryContents contents, VerificationRules? rules = null) =>
        Verifier.Judge(new PackageOffer(Name, []), contents, rules ?? Rules);

    static string[] Codes(IEnumerable<Finding> findings) =>
        [.. findings.Select(finding => $"{finding.Code} {finding.Path}".TrimEnd())];

    [Fact]
    public void BlanksBehindANameCountWhereAFileHasThem()
    {
        var list = $"{Hex("a")}  index.html  \n";
        Assert.Empty(Judge(Package(("index.html", "a"), ("HASH", list))).Reasons);
        var verdict = Judge(Package(("index.html", "a"), ("index.html  ", "b"), ("HASH", list)));
        Assert.Equal(["digest-mismatch index.html", "uncovered-file index.html"], Codes(verdict.Reasons));
        Assert.Equal("index.html  ", verdict.Reasons[0].Path);
    }

    [Theory]
    [InlineData("HASH", $"{Name}/index.html", "index.html"), InlineData("DIP/HASH", "DIP/a.html", "DIP/a.html")]
    [InlineData("DIP/HASH", $"{Name}/DIP/a.html", "DIP/a.html"), InlineData("a/b/HASH", "b/c.html", "a/b/c.html")]
    public void ThePackagesOwnFolderBeforeEachNameIsLeftOut(string hash, string stated, string path)
    {
        var verdict = Judge(Package((path, "a"), (hash, $"{Hex("a")}  {stated}\n")));
        Assert.Empty(verdict.Reasons);
        Assert.Contains($"prefixed-paths {hash}", Codes(verdict.Warnings));
    }

    [Theory]
    [InlineData("20210606_2000_PREP_MEX/index.html"), InlineData("PREP_MEX/index.html")]
    [InlineData($"{Name}index.html"), InlineData($"x/{Name}/index.html")]
    public void AnotherFolderBeforeTheNamesIsAPathLikeAnyOther(string stated)
    {
        var verdict = Judge(Package(("index.html", "a"), ("HASH", $"{Hex("a")}  {stated}\n")));
        Assert.Equal([$"missing-file {stated}", "uncovered-file index.html"], Codes(verdict.Reasons));
    }

    [Fact]
    public void AFolderOfTheSameNameInThePackageIsNoPrefix()
    {
        var list = $"{Hex("a")}  {Name}/index.html\n{Hex("b")}  {Name}/b.html\n";
        var verdict = Judge(Package(($"{Name}/index.html", "a"), ($"{Name}/b.html", "b"), ("HASH", list)));
        Assert.Empty(verdict.Reasons);
        Assert.DoesNotContain("prefixed-paths HASH", Codes(verdict.Warnings));
        // One of them as it stands is enough: then the others are missing, and not files of the top.
        verdict = Judge(Package(("index.html", "a"), ($"{Name}/b.html", "b"), ("HASH", list)));
        Assert.Equal([$"missing-file {Name}/index.html", "uncovered-file index.html"], Codes(verdict.Reasons));
    }

    [Fact]
    public void AFileThatReadsAsAListOfPagesIsTheHashWhereNoneIsNamedSo()
    {
        var list = $"archivo;huella\nindex.html;{Hex("a")}\nacta.jpg;{Hex("b")}\n";
        var verdict = Judge(Package(("index.html", "a"), ("acta.jpg", "b"), ("integridad.csv", list)));
        Assert.Empty(verdict.Reasons);
        Assert.Equal(["hash-by-content integridad.csv"], Codes(verdict.Warnings));
        Assert.True(Completeness.Of(
            new PackageOffer(Name, []),
            Package(("index.html", "a"), ("acta.jpg", "b"), ("integridad.csv", list)), Rules, [])
            .State == CompletenessState.Whole);
        // Where a file is named like a HASH, the other one is a file like any other.
        verdict = Judge(Package(
            ("index.html", "a"), ("acta.jpg", "b"), ("integridad.csv", list), ("HASH", $"{Hex("a")}  index.html\n")));
        Assert.Equal(["uncovered-file acta.jpg", "uncovered-file integridad.csv"], Codes(verdict.Reasons));
    }

    [Theory]
    [InlineData("acta.jpg;{acta}"), InlineData("index.html;{page}\notra.jpg;{acta}")]
    [InlineData("index.html;{page}\n|"), InlineData("index.html;{page}\n../x;{acta}"), InlineData("{page}")]
    public void DigestsOfActasOrOfFilesElsewhereAreNoHash(string list)
    {
        list = list.Replace("{acta}", Hex("b"), StringComparison.Ordinal)
            .Replace("{page}", Hex("a"), StringComparison.Ordinal);
        var rules = Rules with { Hashes = Rules.Hashes with { RequireFullCoverage = false } };
        var verdict = Judge(Package(("index.html", "a"), ("acta.jpg", "b"), ("ACTAS.csv", list)), rules);
        Assert.Equal(["no-hash"], Codes(verdict.Reasons));
        Assert.Empty(verdict.Warnings);
    }

    [Fact]
    public void AChangedFileIsToldAlsoOfAListThatIsOneByItsContents()
    {
        var list = $"{Hex("a")}  index.html\n{Hex("b")}  b.html\n";
        var verdict = Judge(Package(("index.html", "a"), ("b.html", "changed"), ("sha256sum.txt", list)));
        Assert.Equal(["digest-mismatch b.html"], Codes(verdict.Reasons));
    }

    [Theory]
    [InlineData("1|index.html|{0}", "|", 2, 3), InlineData("{0}|md5|98|index.html", "|", 4, 1)]
    [InlineData("index.html: {0}", ":", 1, 2), InlineData("index.html => {0}", "=>", 1, 2)]
    [InlineData("index.html;98;{0}", ";", 1, 3)]
    public void ADescriptionIsProposedWithWhichTheListIsAccepted(string line, string separator, int name, int digest)
    {
        var contents = Package(
            ("index.html", "a"), ("HASH.txt", line.Replace("{0}", Hex("a"), StringComparison.Ordinal) + "\n"));
        var finding = Assert.Single(Judge(contents).Reasons);
        var proposed = new HashLine(separator, name, digest);
        Assert.Equal("bad-hash-file", finding.Code);
        Assert.Contains("would read it", finding.Detail, StringComparison.Ordinal);
        Assert.Contains($"; hashes.line: {proposed} ", finding.Detail, StringComparison.Ordinal);
        var told = Details.In(Language.Es, finding.Detail);
        Assert.EndsWith($"se leería con hashes.line: {proposed}", told, StringComparison.Ordinal);
        Assert.Empty(Judge(contents, Rules with { Hashes = Rules.Hashes with { Line = proposed } }).Reasons);
    }

    [Theory]
    [InlineData("lorem ipsum"), InlineData("otro.html|{0}"), InlineData("index.html|{0}\nlorem"), InlineData("x{0}")]
    public void NothingIsProposedForWhatNoDescriptionReads(string list)
    {
        var contents = Package(
            ("index.html", "a"), ("HASH.txt", list.Replace("{0}", Hex("a"), StringComparison.Ordinal) + "\n"));
        var finding = Assert.Single(Judge(contents).Reasons);
        Assert.DoesNotContain("hashes.line", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void TheConfigurationsDescriptionComesBeforeTheProfiles()
    {
        var (own, ofProfile) = (new HashLine("|", 1, 2), new HashLine(";", 2, 1));
        var profile = new ElectionProfile
        {
            Id = "x", Title = "x", Authority = "x", TimeZone = "America/Mexico_City", Opens = default,
            KeepUntil = default, FirstCorte = default, LastCorte = default, Cadence = TimeSpan.FromMinutes(20),
            HashLine = ofProfile,
        };
        var settings = new Settings { Election = "x" };
        Assert.Equal(ofProfile, VerificationRules.Of(settings, profile).Hashes.Line);
        Assert.Equal(ofProfile, VerificationRules.OfProfile(profile).Hashes.Line);
        Assert.Equal(
            own,
            VerificationRules.Of(settings with { Hashes = new HashSettings { Line = own } }, profile).Hashes.Line);
    }
}
