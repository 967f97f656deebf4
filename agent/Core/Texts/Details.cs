using System.Text.Json;

namespace Difusor.Agent.Texts;

/// <summary>
/// Says in a person's language what the program notes in English: the details of findings and alterations, and what the
/// operating system answers. details.json has each text as the sources write it, with <c>{name}</c> for each value; a
/// value whose name begins with <c>detail</c> is such a text itself, and <c>said</c> is what another program wrote. So
/// one record is read in either language.
/// </summary>
public static class Details
{
    const int Deepest = 4;

    static readonly Lazy<ImmutableArray<Detail>> Table = new(Read);

    /// <summary>Returns the text in a language; unchanged where the table does not have it.</summary>
    public static string In(Language language, string text) => In(language, text, Deepest);

    /// <summary>Returns whether the table has the text.</summary>
    internal static bool Has(string text)
    {
        foreach (var known in Table.Value)
            if (known.Match(text) is not null) return true;
        return false;
    }

    internal static ImmutableArray<Detail> All => Table.Value;

    static string In(Language language, string text, int depth)
    {
        foreach (var known in Table.Value)
            if (known.Match(text) is { } values)
                return TextFile.Fill(known.Text.In(language), name => Find(language, known, values, name, depth));
        return text;
    }

    static string? Find(Language language, Detail known, string[] values, ReadOnlySpan<char> name, int depth)
    {
        var at = known.Names.IndexOf(name.ToString());
        if (at < 0) return null;
        return depth > 1 && name.StartsWith("detail") ? In(language, values[at], depth - 1) : values[at];
    }

    /// <summary>Reads the table anew.</summary>
    internal static ImmutableArray<Detail> Read()
    {
        using JsonDocument file = TextFile.Read("details.json"), reasons = TextFile.Read("reasons.json");
        var table = ImmutableArray.CreateBuilder<Detail>();
        foreach (var one in file.RootElement.GetProperty("details").EnumerateArray().Concat(OfReasons(reasons)))
        {
            var said = one.GetProperty("said").GetString()!;
            var english = one.TryGetProperty("en", out var other) ? other.GetString()! : said;
            table.Add(Detail.Of(said, one.GetProperty("es").GetString()!, english));
        }
        // Of two refusals the longer one first: it may begin as the other does.
        foreach (var one in file.RootElement.GetProperty("system").EnumerateArray()
            .OrderByDescending(one => one.GetProperty("said").GetString()!.Length)) table.AddRange(OfTheSystem(one));
        // A whole sentence before one that has a value in its place; and what another program wrote may look like any
        // of our own, so the sentence around it comes first.
        return
        [
            .. table.OrderBy(detail => detail.Names.Length > 0)
                .ThenBy(detail => !detail.Names.Contains(Detail.OfAnother)),
        ];
    }

    /// <summary>Returns the rows that are beside the one reason that they are about.</summary>
    static IEnumerable<JsonElement> OfReasons(JsonDocument reasons) =>
        from section in reasons.RootElement.EnumerateObject()
        from reason in section.Value.EnumerateObject()
        where reason.Value.TryGetProperty("details", out _)
        from one in reason.Value.GetProperty("details").EnumerateArray()
        select one;

    /// <summary>
    /// Returns the forms of one refusal of the system: with call, path and number, as the agent's own calls have it;
    /// its number alone; and as .NET writes it, with a path or an address or without.
    /// </summary>
    static IEnumerable<Detail> OfTheSystem(JsonElement one)
    {
        var (number, said) = (one.GetProperty("number").GetString()!, one.GetProperty("said").GetString()!);
        var words = TextFile.Both(one);
        var (es, en) = one.TryGetProperty("do", out var mend) && TextFile.Both(mend) is var advice
            ? ($"; {advice.Es}", $"; {advice.En}") : ("", "");
        yield return Detail.Of(
            $"{{call}} {{path}}: {said} ({number})", $"{{path}}: {words.Es} ({{call}}: {number}){es}",
            $"{{path}}: {words.En} ({{call}}: {number}){en}");
        yield return Detail.Of($"{said} : '{{path}}'", $"{{path}}: {words.Es}{es}", $"{{path}}: {words.En}{en}");
        yield return Detail.Of($"{said} ({{place}})", $"{{place}}: {words.Es}{es}", $"{{place}}: {words.En}{en}");
        yield return Detail.Of($"{said} {{place}}", $"{{place}}: {words.Es}{es}", $"{{place}}: {words.En}{en}");
        yield return Detail.Of(said, words.Es + es, words.En + en);
        yield return Detail.Of(number, words.Es, words.En);
    }
}

/// <summary>A row of details.json.</summary>
/// <param name="Literals">What is before, between and after the values, as the sources write it.</param>
/// <param name="Names">The names of the values, one fewer than the literals.</param>
sealed record Detail(ImmutableArray<string> Literals, ImmutableArray<string> Names, Text Text)
{
    /// <summary>The name of a value that is what another program wrote: it may be anything.</summary>
    public const string OfAnother = "said";

    /// <summary>The values that are one word, so that they take in no sentence before them.</summary>
    static readonly string[] OneWord = ["call", "section", "exit", "tool"];

    public static Detail Of(string said, string es, string en)
    {
        List<string> literals = [], names = [];
        var rest = said.AsSpan();
        while (rest.IndexOf('{') is var open and >= 0 && rest[open..].IndexOf('}') is var length and > 0)
        {
            literals.Add(rest[..open].ToString());
            names.Add(rest.Slice(open + 1, length - 1).ToString());
            rest = rest[(open + length + 1)..];
        }
        literals.Add(rest.ToString());
        return new Detail([.. literals], [.. names], new Text(es, en));
    }

    /// <summary>Returns the values of a text of this form, none of them empty; null if it has another form.</summary>
    public string[]? Match(string text)
    {
        if (!text.StartsWith(Literals[0], StringComparison.Ordinal)
            || !text.EndsWith(Literals[^1], StringComparison.Ordinal)) return null;
        var values = new string[Names.Length];
        var at = Literals[0].Length;
        for (var index = 0; index < values.Length; index++)
        {
            var next = Literals[index + 1];
            var end = index == values.Length - 1 ? text.Length - next.Length
                : text.IndexOf(next, at, StringComparison.Ordinal);
            if (end <= at) return null;
            values[index] = text[at..end];
            if (OneWord.Contains(Names[index]) && values[index].Contains(' ', StringComparison.Ordinal)) return null;
            at = end + next.Length;
        }
        return at == text.Length ? values : null;
    }
}
