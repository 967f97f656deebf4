namespace Difusor.Agent.Packages;

/// <summary>
/// Makes text from an unknown sender safe to show on a terminal, a page or in a log: each invisible character, and each
/// one that changes the direction of the text around it, is written as <c>\xNN</c>, one for each byte of its UTF-8.
/// </summary>
public static class Printable
{
    const int Longest = 512;

    /// <summary>
    /// Returns a name, which may be invalid UTF-8, in printable form; a long one is cut and ends with an ellipsis.
    /// </summary>
    public static string Of(ReadOnlySpan<byte> name, int longest = Longest)
    {
        if (name.Length <= longest && !name.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return Encoding.ASCII.GetString(name);
        var text = new StringBuilder();
        while (!name.IsEmpty && text.Length < longest)
        {
            var isText =
                Rune.DecodeFromUtf8(name, out var rune, out var consumed) == System.Buffers.OperationStatus.Done;
            if (isText) Append(text, rune);
            else foreach (var b in name[..consumed]) Append(text, b);
            name = name[consumed..];
        }
        return name.IsEmpty ? text.ToString() : text.Append('…').ToString();
    }

    public static string Of(string name, int longest = Longest) => Of(Encoding.UTF8.GetBytes(name), longest);

    /// <summary>Returns a whole text as one line, however long it is; an unpaired surrogate becomes U+FFFD.</summary>
    public static string Line(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) Append(line, rune);
        return line.ToString();
    }

    /// <summary>Appends the character itself, or its escaped form if it cannot be seen.</summary>
    internal static void Append(StringBuilder text, Rune rune)
    {
        Span<char> pair = stackalloc char[2];
        if (!Hides(rune))
        {
            text.Append(pair[..rune.EncodeToUtf16(pair)]);
            return;
        }
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var b in utf8[..rune.EncodeToUtf8(utf8)]) Append(text, b);
    }

    static void Append(StringBuilder text, byte b) => text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");

    /// <summary>
    /// Returns whether a character is a control, a direction mark, a line separator, or shows nothing at all. Each of
    /// these can make a line seem to say something else.
    /// </summary>
    internal static bool Hides(Rune rune) => rune.Value < 0x7F ? rune.Value < 0x20
        : IsIgnorable(rune.Value) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>
    /// Returns whether Unicode shows the character as nothing (Default_Ignorable_Code_Point), beyond the categories
    /// above.
    /// </summary>
    static bool IsIgnorable(int code) =>
        code is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2065
        or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF);
}
