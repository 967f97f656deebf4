using System.Reflection;
using System.Text.RegularExpressions;

namespace Difusor.Agent.Tests.Packages;

/// <summary>
/// What the build cannot ban everywhere, read from the program and its sources: patterns that know more than ASCII or
/// may take more than linear time, and conversions that throw.
/// </summary>
public sealed class PatternTests
{
    /// <summary>
    /// Patterns of several quantifiers without an end that are linear all the same, each with the reason.
    /// </summary>
    static readonly Dictionary<string, string> Proven = new()
    {
        ["Shapes.NoText"]
        = "anchored, and each run of digits ends at a character that none of them holds: it divides in one way only",
        ["Secrets.Assignment"] = "anchored, and the name ends at the first '=', which it cannot hold",
        ["Secrets.SiteName"] = "anchored, and each label ends at a dot, which it cannot hold",
        ["Secrets.Address"]
        = "a match takes the whole of what it has looked through, so no text is looked through from two places",
    };

    public static TheoryData<string> Patterns => [.. Generated.Keys];

    static readonly Dictionary<string, GeneratedRegexAttribute> Generated = Repository.Types
        .SelectMany(
            type => type.GetMethods(
            BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
        .Where(method => method.GetCustomAttribute<GeneratedRegexAttribute>() is not null)
        .ToDictionary(
            method => $"{method.DeclaringType!.Name}.{method.Name}", method =>
            method.GetCustomAttribute<GeneratedRegexAttribute>()!);

    [Theory, MemberData(nameof(Patterns))]
    public void APatternKnowsAsciiOnlyAndTakesLinearTime(string name)
    {
        var pattern = Generated[name];
        Assert.Null(
            Problem(pattern.Pattern, pattern.Options, pattern.MatchTimeoutMilliseconds > 0
            || Proven.ContainsKey(name)));
    }

    [Theory]
    [InlineData(@"\d{2}"), InlineData(@"^\s"), InlineData(@"x\b"), InlineData(@"[\w]"), InlineData(@"\p{Nd}"),
        InlineData("a+"), InlineData("^a+b+$"), InlineData("^(a{1,9}){2,9}$")]
    [InlineData("a{2,}"), InlineData("(?:a)*b"), InlineData("^(a+)+$")]
    public void APatternThatDoesNotIsFound(string pattern) =>
        Assert.NotNull(Problem(pattern, RegexOptions.None, isBounded: false));

    [Theory]
    [InlineData("a{1,9}b?"), InlineData("^a+$"), InlineData(@"^[a*+]{1,9}\*\+"), InlineData("(?<name>a)?")]
    public void APatternThatDoesIsNot(string pattern) =>
        Assert.Null(Problem(pattern, RegexOptions.None, isBounded: false));

    [Fact]
    public void APatternThatIsMadeAtRunTimeHasALimitOfTime()
    {
        var calls = Lines()
            .Where(line =>
            Regex.IsMatch(
            line.Text,
            @"new Regex\(|\bRegex\.(IsMatch|Match|Matches|Replace|Split|Count|EnumerateMatches)\(")).ToList();
        Assert.All(calls, call => Assert.Contains("PatternWithin)", call.Text, StringComparison.Ordinal));
        Assert.NotEmpty(calls);
    }

    /// <summary>In the pure folders BannedSymbols.Conversions.txt has the build prove it.</summary>
    [Fact]
    public void NoConversionThrowsAndNoneAsksTheCulture()
    {
        const string numbers =
            "byte|sbyte|short|ushort|int|uint|long|ulong|float|double|decimal|DateTime|DateTimeOffset|DateOnly|"
                + "TimeOnly|TimeSpan";
        var throwing = new Regex(
            $@"\b({numbers}|bool|Guid|Version|IPAddress|IPNetwork|IPEndPoint)\.Parse(Exact)?\(|\bConvert\.To(S?Byte|"
                + $@"U?Int|Single|Double|Decimal|Date)");
        var asking = new Regex(
            $@"\b({numbers})\.TryParse\((?!((?!TryParse).)*InvariantCulture)|"
                + $@"\b(char|Rune)\.(Is(Digit|Number|Letter|LetterOrDigit|Upper|Lower)|"
                + $@"To(Upper|Lower)|GetNumericValue)\b");
        Assert.Equal(
            [], Lines().Where(line => throwing.IsMatch(line.Text) || asking.IsMatch(line.Text))
            .Select(line => $"{line.File}: {line.Text.Trim()}"));
    }

    /// <summary>The demo reads only what the program itself has made.</summary>
    static IEnumerable<(string File, string Text)> Lines() => Repository.Sources()
        .Where(file => !file.Contains("/Cli/Demo/", StringComparison.Ordinal))
        .SelectMany(file => Statements(file).Select(text => (Path.GetFileName(file), text)));

    /// <summary>Returns what stands between semicolons, each on one line, without comments.</summary>
    static string[] Statements(string file) => string.Join(
        ' ', File.ReadLines(file).Select(line => line.Trim())
            .Where(line => !line.StartsWith("//", StringComparison.Ordinal))).Split(';');

    /// <summary>
    /// Returns what is wrong with a pattern. Linear are: quantifiers that all have an end, none within another; or one
    /// without an end where the pattern begins at the text's beginning.
    /// </summary>
    static string? Problem(string pattern, RegexOptions options, bool isBounded)
    {
        if ((options & RegexOptions.IgnoreCase) != 0 && (options & RegexOptions.CultureInvariant) == 0)
            return "IgnoreCase asks the culture";
        if (Regex.Match(pattern, @"\\[dDwWsSbBpP]") is { Success: true } wide)
            return $"{wide.Value} knows more than ASCII";
        // Escaped characters and classes are one character each.
        var bare = Regex.Replace(Regex.Replace(pattern, @"\\u[0-9A-Fa-f]{4}|\\.", "x"), @"\[\^?\]?[^\]]*\]", "x");
        if (isBounded || (options & RegexOptions.NonBacktracking) != 0) return null;
        if (Regex.IsMatch(bare, @"\)(\*|\+|\{([2-9]|[0-9]{2,}|[0-9]*,([2-9]|[0-9]{2,})?)\})"))
            return "a group that is repeated";
        var unbounded = Regex.Count(bare, @"(?<!\()[*+]|\{[0-9]+,\}");
        if (unbounded == 0) return null;
        return unbounded == 1 && bare.StartsWith('^') && (options & RegexOptions.Multiline) == 0 ? null
            : "a quantifier without an end";
    }
}
