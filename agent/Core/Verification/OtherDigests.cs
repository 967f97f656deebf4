using Difusor.Agent.Packages;

namespace Difusor.Agent.Verification;

/// <summary>
/// Computed digests other than SHA-256, each file's once: one array for each algorithm that is stated at all, since
/// every file of a large package may have all of them stated.
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
