using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Difusor.Agent.Packages;

/// <summary>Reads a text that begins with the byte order mark of UTF-16, as PowerShell 5 writes it.</summary>
static class Utf16Text
{
    /// <summary>A longer text is not decoded: no list of a package within the limits has so many bytes.</summary>
    internal const int MostBytes = 256 << 20;

    internal static bool HasMark(ReadOnlySpan<byte> text) => text is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..];

    /// <summary>
    /// Returns the text as UTF-8, without its mark; null if it is too long, or no UTF-16: an odd number of bytes, or a
    /// surrogate alone.
    /// </summary>
    internal static byte[]? ToUtf8(ReadOnlySpan<byte> text)
    {
        if (text.Length > MostBytes || text.Length % 2 != 0) return null;
        var units = MemoryMarshal.Cast<byte, ushort>(text[2..]);
        if (text[0] == 0xFE)
        {
            var turned = new ushort[units.Length];
            BinaryPrimitives.ReverseEndianness(units, turned);
            units = turned;
        }
        var chars = MemoryMarshal.Cast<ushort, char>(units);
        var utf8 = new byte[Encoding.UTF8.GetByteCount(chars)];
        var status = Utf8.FromUtf16(chars, utf8, out _, out var written, replaceInvalidSequences: false);
        return status == OperationStatus.Done && written == utf8.Length ? utf8 : null;
    }
}
