using System.Net.Http.Headers;

namespace Difusor.Agent.Sentinel;

/// <summary>
/// Compares a charset that a server announces with the text itself. UTF-8 read as another charset shows broken accents.
/// </summary>
public sealed class AnnouncedCharset(string name)
{
    readonly Decoder decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
    char[] chars = [];
    bool isUtf8 = true, isAscii = true;

    /// <summary>Returns the charset that is announced for a text; null if there is none, or it is UTF-8.</summary>
    public static string? OtherThanUtf8(MediaTypeHeaderValue? type) =>
        type?.MediaType?.StartsWith("text/", StringComparison.OrdinalIgnoreCase) == true
            && type.CharSet?.Trim('"', ' ') is { Length: > 0 } name
        && !name.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            && !name.Equals("utf8", StringComparison.OrdinalIgnoreCase) ? name : null;

    /// <summary>Gets the announced charset if the whole text is UTF-8 and not only ASCII; null otherwise.</summary>
    public string? Garbled => isUtf8 && !isAscii && Decodes([], flush: true) ? name : null;

    /// <summary>Takes the next piece of the text.</summary>
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
