using System.Text;

namespace Difusor.Agent.Packages;

/// <summary>A name as a hostile sender wrote it, made fit for a terminal, a log and JSON: what is not printable stands as <c>\xNN</c>, what is long is cut.</summary>
public static class Printable
{
    const int Longest = 512;

    public static string Of(ReadOnlySpan<byte> name, int longest = Longest)
    {
        var text = new StringBuilder();
        while (!name.IsEmpty && text.Length < longest)
        {
            var good = Rune.DecodeFromUtf8(name, out var rune, out var consumed) == System.Buffers.OperationStatus.Done;
            if (good && !IsControl(rune)) text.Append(rune.ToString());
            else foreach (var b in name[..consumed]) text.Append("\\x").Append(b.ToString("x2", null));
            name = name[consumed..];
        }
        return name.IsEmpty ? text.ToString() : text.Append('…').ToString();
    }

    public static string Of(string name, int longest = Longest) => Of(Encoding.UTF8.GetBytes(name), longest);

    /// <summary>Controls, and what turns the direction of text around: both can make a line say what it does not.</summary>
    static bool IsControl(Rune rune) =>
        Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFEFF;
}
