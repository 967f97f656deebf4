namespace Difusor.Agent.Packages.Archives;

/// <summary>A name as the sender's bytes have it.</summary>
static class SentName
{
    /// <summary>Longer names, in bytes, are cut when they are shown.</summary>
    const int Shown = 300;

    /// <summary>Returns the name as findings show it.</summary>
    public static string Printable(ReadOnlySpan<byte> name) =>
        name.Length <= Shown && !name.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            ? Encoding.ASCII.GetString(name) : Packages.Printable.Of(name, Shown);
}
