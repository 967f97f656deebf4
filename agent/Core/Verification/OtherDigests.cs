namespace Difusor.Agent.Verification;

/// <summary>
/// Digests other than SHA-256, each computed once. One array for each algorithm in use, because a large package may
/// state all of them for every file.
/// </summary>
sealed class OtherDigests(IPackageContents contents)
{
    readonly IReadOnlyList<ContentEntry> entries = contents.Entries;
    readonly byte[] computed = new byte[contents.Entries.Count]; // a bit for each algorithm
    readonly byte[]?[] digests = new byte[]?[Enum.GetValues<DigestAlgorithm>().Length];

    internal ReadOnlySpan<byte> Of(int entry, DigestAlgorithm algorithm)
    {
        var size = algorithm.Size();
        var own = (digests[(int)algorithm] ??= new byte[entries.Count * size]).AsSpan(entry * size, size);
        var bit = (byte)(1 << (int)algorithm);
        if ((computed[entry] & bit) == 0)
        {
            contents.Compute(entries[entry].Path, algorithm).Bytes.CopyTo(own);
            computed[entry] |= bit;
        }
        return own;
    }
}
