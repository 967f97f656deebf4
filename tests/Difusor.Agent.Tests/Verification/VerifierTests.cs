using System.Security.Cryptography;
using Difusor.Agent.Tests.Packages;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Verification;

public class VerifierTests
{
    const string Name = "20210606_2020_PREP_MEX";

    static MemoryContents Package(params (string Path, string Text)[] files)
    {
        var contents = new MemoryContents();
        foreach (var (path, text) in files) contents.Place(RelativePath.Own(path), Encoding.UTF8.GetBytes(text));
        return contents;
    }

    static MemoryContents WithManifest(MemoryContents contents)
    {
        var entries = contents.Entries.Select(entry => new ManifestEntry(entry.Path, entry.Sha256)).ToList();
        contents.Place(RelativePath.Own("PREP.hash"), HashFileWriter.Write(entries, HashFormat.Coreutils));
        return contents;
    }

    static Verdict Judge(MemoryContents contents, string name = Name) =>
        Verifier.Judge(new PackageOffer(name, []), contents, VerificationRules.Default);

    static Digest Sha256(ReadOnlySpan<byte> text) => new(DigestAlgorithm.Sha256, SHA256.HashData(text));

    static MemoryContents Good() => Package(
        ("index.html", "<h1>PREP</h1>"), ("DIP/001.html", "<p>1</p>"),
        ("bd/MEX.txt", "sep=|\nDIPUTACIONES\n2021/06/06 20:20 (UTC-5)\nA|B\n"));

    [Fact]
    public void APackageThatIsWhatItsHashSaysIsAccepted()
    {
        var verdict = Judge(WithManifest(Good()));
        Assert.Empty(verdict.Reasons);
        Assert.Equal("2021-06-06T20:20:00-05:00", verdict.Corte.ToString());
        Assert.Equal("PREP_MEX", verdict.Series);
        Assert.Equal(4, verdict.Files);
        Assert.Equal(DigestAlgorithm.Sha256, verdict.Algorithm);
    }

    [Fact]
    public void OneByteChangedNamesTheFile()
    {
        var contents = WithManifest(Good());
        contents.Place(RelativePath.Own("DIP/001.html"), "<p>2</p>"u8.ToArray());
        var finding = Assert.Single(Judge(contents).Reasons);
        Assert.Equal(("digest-mismatch", "DIP/001.html"), (finding.Code, finding.Path));
    }

    /// <summary>Each file system lists the HASH files beside an archive in an order of its own.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void TwoDigestsOfAnArchiveAreOneConflictInWhicheverOrderTheyAreListed(bool rightOneFirst)
    {
        var archive = RelativePath.Own($"{Name}.zip");
        var (right, wrong) = (Sha256("zip"u8), Sha256("another"u8));
        OuterList[] lists =
        [
            new(RelativePath.Own("SHA256SUMS"), null, [wrong]),
            new(RelativePath.Own($"{Name}.zip.hash"), null, [right]),
        ];
        var offer = new PackageOffer($"{Name}.zip", [])
        {
            Outer = new OuterHash(archive, [], _ => right) { Lists = [.. rightOneFirst ? lists.Reverse() : lists] },
        };
        var reason = Assert.Single(Verifier.Judge(offer, Good(), VerificationRules.Default).Reasons);
        Assert.Equal(("conflicting-digests", archive.Value), (reason.Code, reason.Path));
    }

    [Fact]
    public void AFileThatWasTakenAwayIsMissing()
    {
        var contents = WithManifest(Good());
        contents.Remove(RelativePath.Own("DIP/001.html"));
        var finding = Assert.Single(Judge(contents).Reasons);
        Assert.Equal(("missing-file", "DIP/001.html"), (finding.Code, finding.Path));
    }

    [Fact]
    public void AFileThatWasAddedIsUncovered()
    {
        var contents = WithManifest(Good());
        contents.Place(RelativePath.Own("DIP/002.html"), []);
        var finding = Assert.Single(Judge(contents).Reasons);
        Assert.Equal(("uncovered-file", "DIP/002.html"), (finding.Code, finding.Path));
    }

    [Fact]
    public void TheHuellaIsThatOfTheSortedLines()
    {
        var verdict = Judge(WithManifest(Good()));
        var lines = Good().Entries.Select(entry => $"{entry.Sha256.Hex}  {entry.Path}\n").Order(StringComparer.Ordinal);
        Assert.Equal(Digest.Sha256(Encoding.UTF8.GetBytes(string.Concat(lines))).Hex, verdict.ManifestSha256);
    }

    [Fact]
    public void AManifestAtTheTopTellsWhenADeliveryIsWhole()
    {
        var contents = WithManifest(Good());
        Assert.Equal(CompletenessState.Whole, Complete(contents).State);
        contents.Remove(RelativePath.Own("DIP/001.html"));
        Assert.Equal(["DIP/001.html"], Complete(contents).Missing);
        Assert.Equal(CompletenessState.Judgeable, Complete(Good()).State);
    }

    [Fact]
    public void WithoutOneWhatThePublishedReleaseHasIsMissedButForStampsAndHashFiles()
    {
        var sidecars = Good();
        foreach (var entry in sidecars.Entries.ToList())
            sidecars.Place(RelativePath.Own(entry.Path.Value + ".sha256"), HashFileWriter.WriteBare(entry.Sha256));
        string[] live = ["index.html", "DIP/001.html", "DIP/002.html", "bd/MEX.txt", "old.hash"];
        var found = Complete(sidecars, live);
        Assert.Equal(CompletenessState.Unfinished, found.State);
        Assert.Equal(["DIP/002.html"], found.Gone);
        Assert.Equal(
            [("file-gone", "DIP/002.html")], found.GoneWarnings.Select(warning => (warning.Code, warning.Path!)));
        Assert.Empty(Complete(WithManifest(Good()), live).Gone);
        var stamped = Package(("bd/20210606_2040_MEX.txt", "2021/06/06 20:40 (UTC-5)\n"));
        Assert.Empty(Complete(stamped, "bd/20210606_2020_MEX.txt").Gone);
    }

    [Fact]
    public void AManifestAtTheTopSaysWhatBelongsThoughAFileIsNotCovered()
    {
        var contents = WithManifest(Good());
        contents.Place(RelativePath.Own("extra.html"), "x"u8.ToArray());
        var found = Complete(contents, "index.html", "DIP/002.html");
        Assert.Equal(CompletenessState.Judgeable, found.State);
        Assert.Empty(found.Gone);
    }

    [Theory]
    [InlineData("20:29", "corte-differs"), InlineData("20:30", "corte-mismatch")]
    public void HeadersHalfACadenceApartAreTwoCortes(string other, string code)
    {
        var contents = WithManifest(Package(
            ("index.html", "x"), ("a.csv", "P\n2021/06/06 20:20 (UTC-5)\nA|B\n"),
            ("b.csv", $"P\n2021/06/06 {other} (UTC-5)\nA|B\n")));
        var verdict = Judge(contents, "PREP");
        Assert.Contains(code, verdict.Reasons.Concat(verdict.Warnings).Select(finding => finding.Code));
        Assert.Equal(code == "corte-mismatch", !verdict.Accepted);
        Assert.Equal($"2021-06-06T{other}:00-05:00", verdict.Corte.ToString());
    }

    [Fact]
    public void AllHashFilesTogetherStateNoMoreThanAPackageMayHave()
    {
        var contents = WithManifest(Good());
        for (var number = 0; number < 6; number++)
            contents.Place(
                RelativePath.Own($"d{number}/HASH"),
                Encoding.UTF8.GetBytes(
                string.Concat(Enumerable.Range(0, 10).Select(file => $"{new string('0', 64)}  {file}.html\n"))));
        var rules = VerificationRules.Default with { Limits = VerificationRules.Default.Limits with { Files = 10 } };
        var verdict = Verifier.Judge(new PackageOffer(Name, []), contents, rules);
        Assert.Equal(
            ["d4/HASH", "d5/HASH"],
            verdict.Reasons.Where(reason => reason.Code == "bad-hash-file").Select(reason => reason.Path!));
    }

    [Fact]
    public void OfAnArchiveThatIsOnlyHashedNoMoreIsKeptThanTheMemoryIsFor()
    {
        var contents = new HashedContents(_ => { }, mostKept: 1000);
        foreach (var name in new[] { "a.hash", "b.hash", "c.hash" })
            contents.Place(RelativePath.Own(name), new MemoryStream(new byte[800]));
        Assert.Equal(
            [800, 200, 0],
            new[] { "a.hash", "b.hash", "c.hash" }.Select(
            name => contents.ReadHead(RelativePath.Own(name), 1000).Length));
        var reasons = Verifier.Judge(new PackageOffer(Name, []), contents, VerificationRules.Default).Reasons;
        Assert.Contains(("unreadable-file", "b.hash"), reasons.Select(reason => (reason.Code, reason.Path)));
    }

    static Completeness Complete(MemoryContents contents, params string[] live) =>
        Completeness.Of(
            new PackageOffer(Name, []), contents, VerificationRules.Default, [.. live.Select(RelativePath.Own)]);
}
