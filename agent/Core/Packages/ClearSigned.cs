namespace Difusor.Agent.Packages;

/// <summary>
/// Takes the armour off a text that is clear signed (RFC 9580, 7): what lies between the headers and the signature,
/// without the hyphen and the blank that escape a line. Nothing may stand after the signature. Checks no signature.
/// </summary>
sealed class ClearSigned
{
    enum Part { Headers, Text, Signature, After }

    Part part;

    /// <summary>Gets what was wrong with the last line; null if the line has nothing of the text.</summary>
    internal string? Problem { get; private set; }

    /// <summary>Gets whether the signature has come to its end.</summary>
    internal bool Ends => part == Part.After;

    /// <summary>Returns whether a line begins a clear signed text.</summary>
    internal static bool Begins(ReadOnlySpan<byte> line) =>
        line.TrimEnd(" \t"u8).SequenceEqual("-----BEGIN PGP SIGNED MESSAGE-----"u8);

    /// <summary>Takes the next line after the first one.</summary>
    /// <returns>Whether it is a line of the text, which is as it was before it was signed.</returns>
    internal bool Takes(ref ReadOnlySpan<byte> line)
    {
        Problem = null;
        var trimmed = line.TrimEnd(" \t"u8);
        switch (part)
        {
            case Part.Headers:
                if (trimmed.IsEmpty) part = Part.Text;
                else if (!trimmed.Contains((byte)':')) Problem = "no header of a clear signed text";
                return false;
            case Part.Text:
                if (trimmed.SequenceEqual("-----BEGIN PGP SIGNATURE-----"u8))
                {
                    part = Part.Signature;
                    return false;
                }
                if (line.StartsWith("- "u8)) line = line[2..];
                return true;
            case Part.Signature:
                if (trimmed.SequenceEqual("-----END PGP SIGNATURE-----"u8)) part = Part.After;
                return false;
            case Part.After:
                if (!trimmed.IsEmpty) Problem = "a line after the end of the signature";
                return false;
        }
        return false;
    }
}
