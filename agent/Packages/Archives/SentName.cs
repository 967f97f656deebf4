using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Difusor.Agent.Packages.Archives;

/// <summary>A name as the sender's bytes have it.</summary>
static class SentName
{
    /// <summary>Code page 437 from 0x80 on: what a zip name is in where it is not UTF-8 (APPNOTE 6.3.10, appendix D).</summary>
    const string Cp437 =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

    /// <summary>Longer names are cut where they are shown.</summary>
    const int Shown = 300;

    public static bool IsUtf8(ReadOnlySpan<byte> name) => Utf8.IsValid(name);

    /// <summary>The bytes of a CP437 name as UTF-8.</summary>
    public static byte[] FromCp437(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var b in name) text.Append(b < 0x80 ? (char)b : Cp437[b - 0x80]);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>For findings: control characters, and bytes that are no UTF-8, as <c>\xNN</c>.</summary>
    public static string Printable(ReadOnlySpan<byte> name)
    {
        if (name.Length <= Shown && !name.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return Encoding.ASCII.GetString(name);
        var text = new StringBuilder();
        while (!name.IsEmpty && text.Length < Shown)
        {
            var valid = Rune.DecodeFromUtf8(name, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (valid && !Rune.IsControl(rune) && rune.Value is not (0x2028 or 0x2029)) text.Append(rune.ToString());
            else foreach (var b in name[..length]) text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
            name = name[length..];
        }
        return name.IsEmpty ? text.ToString() : text.Append('…').ToString();
    }
}
