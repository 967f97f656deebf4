using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Difusor.Agent.Configuration;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Corpus;

/// <summary>
/// One file of tests/corpus: a package, under which rules, and the answer. tests/corpus/README.md describes the format.
/// </summary>
public sealed partial class CorpusCase
{
    readonly Dictionary<string, string> limits = [];

    public sealed record Part(string Path, byte[] Bytes, string[] Options);

    public required string File { get; init; }
    public string Name { get; private set; } = "20210606_2020_PREP_MEX";
    public string Form { get; private set; } = "folder";
    public VerificationRules Rules { get; private set; } = VerificationRules.Default;
    public List<Part> Parts { get; } = [];
    public List<Part> Beside { get; } = [];
    public List<(string Path, string Kind)> Specials { get; } = [];
    public Dictionary<string, string> Archive { get; } = [];
    public IEnumerable<string> LimitsSet => limits.Keys;
    public bool Encrypted { get; private set; }
    public int CutTo { get; private set; }
    public bool Accepted { get; private set; }
    public List<string> Reasons { get; } = [];
    public List<string> Warnings { get; } = [];
    public string? Corte { get; private set; }
    public string? Series { get; private set; }
    public string? Algorithm { get; private set; }

    public static CorpusCase Read(string file)
    {
        var read = new CorpusCase { File = file };
        var sections = SectionStart().Split(System.IO.File.ReadAllText(file).ReplaceLineEndings("\n"));
        foreach (var line in sections[0].Split('\n'))
            if (line.Length > 0 && line[0] != '#')
                read.Take(line.Split(':', 2)[0].Trim(), line.Split(':', 2)[1].Trim());
        for (var i = 1; i < sections.Length; i++)
        {
            var (head, body) = (sections[i].Split('\n', 2)[0], sections[i].Split('\n', 2)[1]);
            var beside = head.StartsWith("+++", StringComparison.Ordinal);
            var words = head[4..].Split(" | ");
            var part = new Part(Unescape(words[0]), read.Bytes(body, words[1..]), words[1..]);
            (beside ? read.Beside : read.Parts).Add(part);
        }
        return read;
    }

    void Take(string key, string value)
    {
        switch (key)
        {
            case "package": Name = value; break;
            case "form": Form = value; break;
            case "expect": Accepted = value == "accepted"; break;
            case "reason": Reasons.Add(value); break;
            case "warning": Warnings.Add(value); break;
            case "corte": Corte = value; break;
            case "series": Series = value; break;
            case "algorithm": Algorithm = value; break;
            case "special": Specials.Add((value.Split(' ')[1], value.Split(' ')[0])); break;
            case "archive": Archive.Add(value.Split(' ')[0], value.Split(' ', 2)[1]); break;
            case "encrypted": Encrypted = true; break;
            case "cut": CutTo = int.Parse(value, CultureInfo.InvariantCulture); break;
            case "rule": Rules = Ruled(value.Split('=')[0], value.Split('=')[1]); break;
            default: throw new InvalidDataException($"{File}: {key}");
        }
    }

    VerificationRules Ruled(string rule, string value) => rule switch
    {
        "algorithms" =>
            Rules with { Hashes = Rules.Hashes
            with { Algorithms = value.Split(',').Select(name => DigestAlgorithms.Named(name)!.Value)
            .ToHashSet() } },
        "require_full_coverage" =>
            Rules with { Hashes = Rules.Hashes with { RequireFullCoverage = bool.Parse(value) } },
        "line" => Rules with { Hashes = Rules.Hashes with { Line = LineOf(value.Split(' ')) } },
        "require_html" => Rules with { Hashes = Rules.Hashes with { RequireHtml = bool.Parse(value) } },
        "zone" => Rules with { Zone = TimeZoneInfo.FindSystemTimeZoneById(value) },
        "cadence" => Rules with { Cadence = TimeSpan.FromMinutes(Number(value)) },
        "series" => Rules with { Series = value },
        "corte_json" => Rules with { CorteInJson = [.. Rules.CorteInJson, PlaceOf(value.Split(' '))] },
        "leftovers" => Rules with { Leftovers = new LeftoverNames(value.Split(',')) },
        _ => Rules with { Limits = LimitsWith(rule, value) },
    };

    /// <summary>Each key of <c>limits</c> is a rule, and its value is read as the program reads it.</summary>
    LimitSettings LimitsWith(string key, string value)
    {
        limits[key] = value;
        var map = string.Join(", ", limits.Select(limit => $"{limit.Key}: {limit.Value}"));
        var yaml = $"{{election: x, limits: {{{map}}}}}";
        return SettingsReader.Read(Encoding.UTF8.GetBytes(yaml), "/agent.yaml").Value?.Limits
            ?? throw new InvalidDataException($"{File}: {key}");
    }

    static CorteInJson PlaceOf(string[] words) => words.Length == 2 ? new CorteInJson(words[0], null, null, words[1])
        : new CorteInJson(words[0], words[1], words[2], null);
    static HashLine LineOf(string[] words) => new(words[0], Number(words[1]), Number(words[2]));

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>
    /// Text of a part as bytes: digests of earlier parts are filled in, escapes read, then the part's own options
    /// applied.
    /// </summary>
    byte[] Bytes(string body, string[] options)
    {
        var text = Digest().Replace(body, match =>
        {
            var name = match.Groups[1].Value;
            var hex = Convert.ToHexStringLower(
                CryptographicOperations.HashData(DigestAlgorithms.Named(name)!.Value.System(),
                match.Groups[2].Value[0] == '=' ? Encoding.UTF8.GetBytes(match.Groups[2].Value[1..])
                    : PartOf(match.Groups[2].Value)));
            return char.IsUpper(name[0]) ? hex.ToUpperInvariant() : hex;
        });
        text = Repeat()
            .Replace(
            text, match => string.Concat(Enumerable.Repeat(match.Groups[2].Value, Number(match.Groups[1].Value))));
        text = Counted().Replace(text, match =>
            string.Concat(
                Enumerable.Range(1, Number(match.Groups[1].Value))
                .Select(i => Unescape(match.Groups[2].Value.Replace("#", $"{i}")))));
        if (options.Contains("crlf")) text = text.Replace("\n", "\r\n");
        if (options.Contains("no-newline")) text = text.TrimEnd('\n');
        text = text.Contains("\\x", StringComparison.Ordinal) || text.Contains("\\n", StringComparison.Ordinal)
            || options.Contains("escapes") ? Unescape(text) : text;
        // Unescape gives one char a byte; what is not escaped is UTF-8, unless the part says otherwise.
        var bytes = options.Contains("latin-1") || options.Contains("escapes") ? Encoding.Latin1.GetBytes(text)
            : options.Contains("utf-16") ? [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)]
            : options.Contains("utf-16-be") ? [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(text)]
            : Encoding.UTF8.GetBytes(text);
        if (options.Contains("bom")) bytes = [0xEF, 0xBB, 0xBF, .. bytes];
        foreach (var option in options)
            if (option.Split(' ') is ["zip" or "tar.gz" or "tar", var name])
                bytes = CorpusPackage.ArchiveOf(option.Split(' ')[0], [new Part(name, bytes, [])]);
        return bytes;
    }

    byte[] PartOf(string path) => Parts.Concat(Beside).First(part => part.Path == path).Bytes;

    static string Unescape(string text) => Escape().Replace(text, match => match.Groups[1].Success
        ? ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString()
            : match.Value[1] switch { 'n' => "\n", 'r' => "\r", 't' => "\t", _ => "\\" });

    [GeneratedRegex(@"^(?=(?:---|\+\+\+) )", RegexOptions.Multiline)]
    private static partial Regex SectionStart();

    [GeneratedRegex(@"\{\{([A-Za-z0-9]+) ([^}]+)\}\}")]
    private static partial Regex Digest();

    [GeneratedRegex(@"\[\[repeat ([0-9]+) ([^\]]+)\]\]")]
    private static partial Regex Repeat();

    [GeneratedRegex(@"\[\[count ([0-9]+) ([^\]]+)\]\]")]
    private static partial Regex Counted();

    [GeneratedRegex(@"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|[nrt\\])")]
    private static partial Regex Escape();
}
