namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// How the names of a zip are read that do not have the UTF-8 flag. The zip does not say it (APPNOTE 6.3.10, appendix
/// D): Windows writes them in the code page of its console, some libraries in that of its windows, the rest in UTF-8.
/// </summary>
enum NameReading { Utf8, Cp437, Cp850, Cp1252 }

/// <summary>The code pages, as <c>System.Text.Encoding.CodePages</c> has them.</summary>
static class NameReadings
{
    /// <summary>All readings. One that comes earlier is preferred where two fit equally well.</summary>
    public static ImmutableArray<NameReading> All { get; } = [.. Enum.GetValues<NameReading>()];

    /// <summary>Code page 437 from 0x80 on.</summary>
    const string Cp437 =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
        + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

    /// <summary>Code page 850 from 0x80 on.</summary>
    const string Cp850 =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀"
        + "ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0";

    /// <summary>Code page 1252 from 0x80 to 0x9F; beyond that it is Latin-1.</summary>
    const string Cp1252 =
        "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

    /// <summary>
    /// Returns the name in UTF-8. A name that is not valid UTF-8 stays as it is if it is read as UTF-8: it is no safe
    /// path.
    /// </summary>
    public static ReadOnlySpan<byte> ToUtf8(this NameReading reading, ReadOnlySpan<byte> name)
    {
        if (reading == NameReading.Utf8 || Ascii.IsValid(name)) return name;
        var text = new StringBuilder(name.Length);
        foreach (var b in name) text.Append(b < 0x80 ? (char)b : Upper(reading, b));
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    static char Upper(NameReading reading, byte b) => reading switch
    {
        NameReading.Cp437 => Cp437[b - 0x80],
        NameReading.Cp850 => Cp850[b - 0x80],
        NameReading.Cp1252 => b < 0xA0 ? Cp1252[b - 0x80] : (char)b,
        NameReading.Utf8 => throw new ArgumentOutOfRangeException(nameof(reading), reading, "no code page"),
    };
}
