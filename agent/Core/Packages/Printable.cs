using System.Globalization;
using System.Text;

namespace Difusor.Agent.Packages;

/// <summary>
/// Text that a stranger wrote, made fit for a terminal, a page and a log: what cannot be seen, and what turns the
/// direction of the text around it, stands as <c>\xNN</c>, a byte of its UTF-8 each.
/// </summary>
public static class Printable
{
    const int Longest = 512;

    /// <summary>Returns a name, which may be no UTF-8, cut where it is long.</summary>
    public static string Of(ReadOnlySpan<byte> name, int longest = Longest)
    {
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

    /// <summary>Returns a whole text as one line, however long it is; half a surrogate pair becomes U+FFFD.</summary>
    public static string Line(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) Append(line, rune);
        return line.ToString();
    }

    /// <summary>Appends the character itself, or what stands for it where it cannot be seen.</summary>
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
    /// Whether a character is a control, a mark of direction, a line's end, or shows nothing at all: each can make a
    /// line say what it does not.
    /// </summary>
    internal static bool Hides(Rune rune) => rune.Value < 0x7F ? rune.Value < 0x20
        : IsIgnorable(rune.Value) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>What Unicode has shown as nothing (Default_Ignorable_Code_Point) beyond the categories above.</summary>
    static bool IsIgnorable(int code) =>
        code is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2065
        or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF);
}
