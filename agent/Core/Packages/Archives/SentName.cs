using System.Text.Unicode;

namespace Difusor.Agent.Packages.Archives;

/// <summary>A name as the sender's bytes have it.</summary>
static class SentName
{
    /// <summary>
    /// Code page 437 from 0x80 on: the encoding of a zip name that is not UTF-8 (APPNOTE 6.3.10, appendix D).
    /// </summary>
    const string Cp437 =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
        + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

    /// <summary>Longer names, in bytes, are cut when they are shown.</summary>
    const int Shown = 300;

    public static bool IsUtf8(ReadOnlySpan<byte> name) => Utf8.IsValid(name);

    /// <summary>Converts the bytes of a CP437 name to UTF-8.</summary>
    public static byte[] FromCp437(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var b in name) text.Append(b < 0x80 ? (char)b : Cp437[b - 0x80]);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Returns the name as findings show it.</summary>
    public static string Printable(ReadOnlySpan<byte> name) =>
        name.Length <= Shown && !name.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            ? Encoding.ASCII.GetString(name) : Packages.Printable.Of(name, Shown);
}
