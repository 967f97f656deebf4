namespace Difusor.Agent.Packages;

/// <summary>
/// Extracts roughly what a reader sees of an HTML file: the text without tags, scripts, styles and comments, in lower
/// case, without accents, with each run of blanks as one space.
/// </summary>
static class VisibleText
{
    /// <summary>The longest entity in characters, from its <c>&amp;</c> to its semicolon.</summary>
    const int LongestEntity = 11;

    static readonly string[] Hidden = ["script", "style", "template", "head"];

    public static string Of(string html)
    {
        var text = new StringBuilder(html.Length);
        for (var at = 0; at < html.Length;)
        {
            if (html[at] != '<')
            {
                at = html[at] == '&' ? Entity(html, at, text) : Plain(html, at, text);
                continue;
            }
            at = html.AsSpan(at).StartsWith("<!--", StringComparison.Ordinal) ? After(html, "-->", at) : Tag(html, at);
            Blank(text);
        }
        return text.ToString();
    }

    /// <summary>Skips a tag, or, if its element is not shown, everything to the element's end.</summary>
    static int Tag(string html, int at)
    {
        var end = After(html, ">", at);
        foreach (var name in Hidden)
        {
            if (at + 1 + name.Length >= html.Length
                || !html.AsSpan(at + 1).StartsWith(name, StringComparison.OrdinalIgnoreCase)) continue;
            if (char.IsAsciiLetterOrDigit(html[at + 1 + name.Length])) continue;
            return After(html, ">", After(html, $"</{name}", end));
        }
        return end;
    }

    static int After(string html, string mark, int at) =>
        html.IndexOf(mark, Math.Min(at, html.Length), StringComparison.OrdinalIgnoreCase) is var found and >= 0
            ? found + mark.Length : html.Length;

    static int Plain(string html, int at, StringBuilder text)
    {
        if (char.IsWhiteSpace(html[at])) Blank(text);
        else text.Append(Folded(html[at]));
        return at + 1;
    }

    static int Entity(string html, int at, StringBuilder text)
    {
        // Never search to the end of the page: it may have a million of these and no semicolon.
        var length = html.AsSpan(at, Math.Min(LongestEntity, html.Length - at)).IndexOf(';');
        if (length < 0) return Plain(html, at, text);
        var name = html.AsSpan(at + 1, length - 1);
        if (name is "nbsp" or "ensp" or "emsp" or "thinsp") Blank(text);
        else if (name is ['#', 'x' or 'X', ..]
            && int.TryParse(name[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex))
            Character(hex, text);
        else if (name is ['#', ..]
            && int.TryParse(name[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            Character(number, text);
        else if (name is "colon") text.Append(':');
        else if (name.EndsWith("acute") || name.EndsWith("tilde") || name.EndsWith("uml"))
            text.Append(char.ToLowerInvariant(name[0]));
        else text.Append(' ');
        return at + length + 1;
    }

    static void Character(int code, StringBuilder text)
    {
        if (code is < 0 or > 0xFFFF || char.IsWhiteSpace((char)code)) Blank(text);
        else text.Append(Folded((char)code));
    }

    static void Blank(StringBuilder text)
    {
        if (text.Length > 0 && text[^1] != ' ') text.Append(' ');
    }

    static char Folded(char c) => char.ToLowerInvariant(c) switch
    {
        'á' => 'a', 'é' => 'e', 'í' => 'i', 'ó' => 'o', 'ú' or 'ü' => 'u', 'ñ' => 'n',
        var plain => plain,
    };
}
