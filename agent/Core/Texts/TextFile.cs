using System.Text.Json;

namespace Difusor.Agent.Texts;

/// <summary>
/// One sentence in both languages, with <c>{name}</c> where a value goes, and <c>{name|archivo|archivos}</c> where a
/// word agrees with it.
/// </summary>
public sealed record Text(string Es, string En)
{
    public string In(Language language) => language == Language.Es ? Es : En;
}

/// <summary>Reads this folder's data files, which are embedded in the executable.</summary>
static class TextFile
{
    /// <summary>
    /// Reads a file of this folder by its name. The file is part of the program, so if it is missing the build is
    /// wrong.
    /// </summary>
    /// <exception cref="InvalidOperationException">The file was not built in.</exception>
    public static JsonDocument Read(string name)
    {
        using var stream = typeof(TextFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the text file {name} was not built in");
        return JsonDocument.Parse(stream, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
    }

    /// <summary>Reads <c>{"es": "...", "en": "..."}</c>.</summary>
    public static Text Both(JsonElement element) =>
        new(element.GetProperty("es").GetString()!, element.GetProperty("en").GetString()!);

    /// <summary>
    /// Puts values where the template has <c>{name}</c>. A name without a value, and braces that name nothing, stay as
    /// they are.
    /// </summary>
    public static string Fill(string template, Func<ReadOnlySpan<char>, string?> value)
    {
        var filled = new StringBuilder(template.Length + 64);
        var rest = template.AsSpan();
        while (rest.IndexOf('{') is var open and >= 0 && rest[open..].IndexOf('}') is var length and >= 0)
        {
            filled.Append(rest[..open]);
            filled.Append(Word(rest.Slice(open + 1, length - 1), value) ?? rest.Slice(open, length + 1).ToString());
            rest = rest[(open + length + 1)..];
        }
        return filled.Append(rest).ToString();
    }

    /// <summary>Returns a value; for <c>name|one|many</c> the word that agrees with it.</summary>
    static string? Word(ReadOnlySpan<char> name, Func<ReadOnlySpan<char>, string?> value)
    {
        var first = name.IndexOf('|');
        if (first < 0) return value(name);
        var words = name[(first + 1)..];
        var second = words.IndexOf('|');
        if (second < 0 || value(name[..first]) is not { } number) return null;
        return number == "1" ? words[..second].ToString() : words[(second + 1)..].ToString();
    }

    /// <summary>
    /// Returns a value as people read it, the same way in all messages: times in ISO 8601 with offset, numbers
    /// invariant.
    /// </summary>
    public static string Show(object? value) => value switch
    {
        null => "-",
        string text => text,
        DateTimeOffset time => time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
