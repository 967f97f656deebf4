using System.Security.Cryptography;

namespace Difusor.Agent.Linux.Files;

/// <summary>Computes the digest of the rest of a stream.</summary>
static class FileDigest
{
    public static Digest Of(Stream source, DigestAlgorithm algorithm)
    {
        using var hash = IncrementalHash.CreateHash(algorithm.System());
        var buffer = new byte[256 * 1024];
        while (source.Read(buffer) is var read and > 0) hash.AppendData(buffer, 0, read);
        return new Digest(algorithm, hash.GetHashAndReset());
    }
}
