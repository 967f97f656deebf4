using System.Net.Http.Headers;
using System.Text;

namespace Difusor.Agent.Sentinel;

/// <summary>
/// A charset that a server announces, held against the text itself: UTF-8 read as anything else shows broken accents.
/// </summary>
public sealed class AnnouncedCharset(string name)
{
    readonly Decoder decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
    char[] chars = [];
    bool isUtf8 = true, isAscii = true;

    /// <summary>The charset that a text is announced as; null where none is, or UTF-8 itself.</summary>
    public static string? OtherThanUtf8(MediaTypeHeaderValue? type) =>
        type?.MediaType?.StartsWith("text/", StringComparison.OrdinalIgnoreCase) == true
            && type.CharSet?.Trim('"', ' ') is { Length: > 0 } name
        && !name.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            && !name.Equals("utf8", StringComparison.OrdinalIgnoreCase) ? name : null;

    /// <summary>The charset, where the whole text is UTF-8 beyond ASCII.</summary>
    public string? Garbled => isUtf8 && !isAscii && Decodes([], flush: true) ? name : null;

    /// <summary>The next piece of the text.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        isAscii &= Ascii.IsValid(piece);
        isUtf8 = isUtf8 && Decodes(piece, flush: false);
    }

    bool Decodes(ReadOnlySpan<byte> piece, bool flush)
    {
        if (chars.Length <= piece.Length) chars = new char[piece.Length + 1];
        try
        {
            decoder.GetChars(piece, chars, flush);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
