using System.Text.Encodings.Web;
using System.Text.Json;

namespace Difusor.Agent.Packages;

/// <summary>
/// Encodes JSON that people also look at: accents as they are, and <c>\uNNNN</c> for each character that
/// <see cref="Printable"/> does not show, so that a program that reads the JSON gets the exact text back. The journal's
/// own lines do not use this; they have their own canonical spelling.
/// </summary>
public sealed unsafe class PrintableJson : JavaScriptEncoder
{
    PrintableJson() { }

    public static JavaScriptEncoder Encoder { get; } = new PrintableJson();

    /// <summary>Gets how one line is written.</summary>
    public static JsonWriterOptions Line { get; } = new() { Encoder = Encoder };

    public override int MaxOutputCharactersPerInputCharacter =>
        UnsafeRelaxedJsonEscaping.MaxOutputCharactersPerInputCharacter;

    public override bool WillEncode(int unicodeScalar) =>
        UnsafeRelaxedJsonEscaping.WillEncode(unicodeScalar)
            || (Rune.IsValid(unicodeScalar) && Printable.Hides(new Rune(unicodeScalar)));

    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        ReadOnlySpan<char> rest = new(text, textLength);
        while (!rest.IsEmpty)
        {
            var isText =
                Rune.DecodeFromUtf16(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (!isText || WillEncode(rune.Value)) return textLength - rest.Length;
            rest = rest[length..];
        }
        return -1;
    }

    public override bool TryEncodeUnicodeScalar(
        int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        numberOfCharactersWritten = 0;
        // A character with its own escape (a quote, a line feed) keeps it.
        if (UnsafeRelaxedJsonEscaping.WillEncode(unicodeScalar))
        {
            return UnsafeRelaxedJsonEscaping.TryEncodeUnicodeScalar(
                unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);
        }
        Span<char> pair = stackalloc char[2];
        var units = pair[..new Rune(unicodeScalar).EncodeToUtf16(pair)];
        Span<char> into = new(buffer, bufferLength);
        if (!WillEncode(unicodeScalar))
        {
            numberOfCharactersWritten = units.TryCopyTo(into) ? units.Length : 0;
            return numberOfCharactersWritten > 0;
        }
        if (into.Length < 6 * units.Length) return false;
        foreach (var unit in units)
        {
            "\\u".CopyTo(into);
            ((int)unit).TryFormat(into[2..], out _, "x4", null);
            into = into[6..];
        }
        numberOfCharactersWritten = 6 * units.Length;
        return true;
    }
}
