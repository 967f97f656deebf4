namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// Finds the zeros behind an archive. A program leaves them that sends a whole buffer, or whole blocks of a disk or a
/// tape.
/// </summary>
static class ZeroPadding
{
    /// <summary>As many zeros as this may follow any archive, however short.</summary>
    public const int Most = 1 << 20;

    const int Step = 64 * 1024;

    /// <summary>
    /// Returns where the zeros at the end begin, in bytes from the beginning. Returns <paramref name="length"/> if
    /// there are none, or too many: more than <see cref="Most"/>, and more than all that is before them.
    /// </summary>
    public static long Start(ArchiveInput archive, long length)
    {
        // A buffer that grew by doubling has at most as many zeros as bytes in use.
        var most = Math.Max(Most, length / 2);
        var part = new byte[(int)Math.Min(Step, length)];
        for (var end = length; end > 0; end -= part.Length)
        {
            if (end < part.Length) part = new byte[end];
            archive.Seek(end - part.Length);
            archive.ReadExactly(part);
            var filled = end - part.Length + part.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
            if (length - filled > most) return length;
            if (filled > end - part.Length) return filled;
        }
        return length;
    }
}
