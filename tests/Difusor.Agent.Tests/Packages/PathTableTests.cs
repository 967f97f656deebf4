using System.Text.Json;
using Difusor.Agent.Configuration;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Packages;

/// <summary>Paths and names at the edges of what is allowed, with what is said of those that are not.</summary>
public sealed class PathTableTests
{
    static readonly JsonSerializerOptions Shown = new() { Encoder = PrintableJson.Encoder };

    [Theory]
    [InlineData("", "empty"), InlineData("./", "a segment '.'"), InlineData("././a", null), InlineData("/", "absolute")]
    [InlineData("a/..", "a segment '..'"), InlineData("a/", "an empty segment"), InlineData("a\\", "a back slash")]
    [InlineData("a\u007f", "a control character"), InlineData("a\u0080", "a control character")]
    [InlineData("a\u009f", "a control character"), InlineData("a\u00a0", null)]
    [InlineData("a\u001f", "a control character")]
    [InlineData("a\u2028", "a control character"), InlineData("\u2029b", "a control character")]
    [InlineData("a\u2027", null), InlineData("a\u202a", "a character that hides or turns the text")]
    [InlineData("\ufeffa", "a character that hides or turns the text")]
    [InlineData("#255", null), InlineData("#256", "a name longer than 255 bytes")]
    [InlineData("a/b/c", null), InlineData("a/b/c/d", "deeper than 3 folders")]
    public void WhatMakesAPathUnsafeIsSaid(string text, string? problem)
    {
        if (text.StartsWith('#')) text = new string('x', int.Parse(text[1..], CultureInfo.InvariantCulture));
        var reading = RelativePath.Read(text, new PathLimits(300, 3));
        Assert.Equal((problem, problem is null), (reading.Problem, reading.Path is not null));
    }

    [Fact]
    public void APathIsReadUpToItsLongestAndNotBeyond()
    {
        Assert.Null(RelativePath.Read("abcde", new PathLimits(5, 3)).Problem);
        Assert.Equal("longer than 5 bytes", RelativePath.Read("abcdef", new PathLimits(5, 3)).Problem);
        Assert.Equal("not UTF-8", RelativePath.Read([0xC3], new PathLimits(5, 3)).Problem);
    }

    [Theory]
    [InlineData("a", "b", -1), InlineData("b", "a", 1), InlineData("a", "a", 0), InlineData("Z", "a", -1)]
    public void PathsAreInTheOrderOfTheirBytes(string left, string right, int order)
    {
        var (one, other) = (RelativePath.Own(left), RelativePath.Own(right));
        Assert.Equal(
            (order < 0, order <= 0, order > 0, order >= 0, order == 0, order != 0),
            (one < other, one <= other, one > other, one >= other, one == other, one != other));
        Assert.Equal(order, Math.Sign(one.CompareTo(other)));
    }

    /// <summary>A character of two units keeps both.</summary>
    [Theory]
    [InlineData("\U000E0001", "\"\\uDB40\\uDC01\""), InlineData("a\u202eb", "\"a\\u202eb\"")]
    [InlineData("ñ", "\"ñ\""), InlineData("\n\"", "\"\\n\\\"\"")]
    public void WhatCannotBeSeenIsWrittenAsItsCode(string text, string written)
    {
        Assert.Equal(written, JsonSerializer.Serialize(text, Shown));
        Assert.Equal(text, JsonSerializer.Deserialize<string>(written));
    }

    [Theory]
    [InlineData("a\u0301\u0323", "a\u0323\u0301"), InlineData("a\u0301\u0300", "a\u0301\u0300")]
    [InlineData("\u0301\u0323", "\u0323\u0301"), InlineData("a\u0301b\u0323", "a\u0301b\u0323")]
    [InlineData("a\u0301\u0323\u0300b\u0301\u0323", "a\u0323\u0301\u0300b\u0323\u0301")]
    [InlineData("x\u0323", "x\u0323"), InlineData("\uac01", "\u1100\u1161\u11a8"), InlineData("\uac00", "\u1100\u1161")]
    public void MarksStandInOneOrder(string text, string decomposed) =>
        Assert.Equal(decomposed, TwinKey.Decomposed(text));

    [Theory]
    [InlineData("06/06/2021 12:20", true), InlineData("06/06/2021 12:20 p. m.", true)]
    [InlineData("06/06/2021 12:20 a. m.", false), InlineData("06/06/2021 00:20", false)]
    public void NoonIsNotMidnight(string text, bool shown) =>
        Assert.Equal(shown, CorteShown.In(text, Corte.Read("2021-06-06T12:20:00-05:00")!.Value));

    [Theory]
    [InlineData("a.php", "php"), InlineData("a..php", "php"), InlineData("a.php.html", "php"), InlineData("a.", null)]
    [InlineData("a.html..PHP", "PHP"), InlineData("x/a.php .html", "php"), InlineData("php", null)]
    [InlineData("a.phpx", null)]
    public void EachExtensionOfANameIsLookedAt(string path, string? denied) =>
        Assert.Equal(
            denied is null ? null : $"the extension .{denied} is denied",
            new NameRules(new HashSet<string> { "php" }).Problem(path));

    [Theory]
    [InlineData(".htaccess"), InlineData("a/.b/c")]
    public void ANameWithADotBeforeItIsForbidden(string path) =>
        Assert.Equal("a name that begins with a dot", new NameRules(new HashSet<string>()).Problem(path));

    [Theory]
    [InlineData(null, null, null), InlineData("A", null, "A"), InlineData(null, "B", "B"), InlineData("A", "B", "A")]
    public void TheSeriesIsTheConfigurationsOrElseTheProfiles(string? own, string? profiles, string? series)
    {
        var settings = new Settings { Election = "x" };
        Assert.Equal(series, VerificationRules.Of(
            settings with { Drop = settings.Drop with { Series = own } },
            Gate.VirtualHost.Profile with { Series = profiles }).Series);
    }

    /// <summary>The same lines, sorted and hashed at once.</summary>
    [Fact]
    public void TheHuellaIsThatOfTheSortedLines()
    {
        var random = new Random(3);
        var entries = new List<ContentEntry>();
        for (var number = 0; number < 700; number++)
            entries.Add(new ContentEntry(
                RelativePath.Own($"{number}/{new string(number % 2 == 0 ? 'x' : '€', random.Next(1, 80))}"), 1,
                Digest.Sha256([(byte)random.Next(200)])));
        entries.Add(new ContentEntry(RelativePath.Own("SHA256SUMS"), 1, Digest.Sha256("x"u8)));
        var lines = entries.SkipLast(1).Select(entry => $"{entry.Sha256.Hex}  {entry.Path.Value}\n")
            .Order(StringComparer.Ordinal);
        var whole = Encoding.UTF8.GetBytes(string.Concat(lines));
        Assert.True(whole.Length > 64 * 1024, "the buffer was not filled");
        Assert.Equal(Digest.Sha256(whole).Hex, PackageHuella.Of(entries));
    }
}
