using System.Security.Cryptography;

namespace Difusor.Agent.Packages;

/// <summary>
/// The digests that HASH files use in practice. SHA-2 by default; the two weak ones only if the operator names them.
/// </summary>
public enum DigestAlgorithm : byte { Md5, Sha1, Sha256, Sha384, Sha512 }

public static class DigestAlgorithms
{
    /// <summary>Returns the name used in configuration, JSON and events: <c>sha256</c>.</summary>
    public static string Name(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => "md5",
        DigestAlgorithm.Sha1 => "sha1",
        DigestAlgorithm.Sha256 => "sha256",
        DigestAlgorithm.Sha384 => "sha384",
        DigestAlgorithm.Sha512 => "sha512",
    };

    /// <summary>Returns the digest's size in bytes.</summary>
    public static int Size(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => MD5.HashSizeInBytes,
        DigestAlgorithm.Sha1 => SHA1.HashSizeInBytes,
        DigestAlgorithm.Sha256 => SHA256.HashSizeInBytes,
        DigestAlgorithm.Sha384 => SHA384.HashSizeInBytes,
        DigestAlgorithm.Sha512 => SHA512.HashSizeInBytes,
    };

    public static HashAlgorithmName System(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => HashAlgorithmName.MD5,
        DigestAlgorithm.Sha1 => HashAlgorithmName.SHA1,
        DigestAlgorithm.Sha256 => HashAlgorithmName.SHA256,
        DigestAlgorithm.Sha384 => HashAlgorithmName.SHA384,
        DigestAlgorithm.Sha512 => HashAlgorithmName.SHA512,
    };

    public static bool IsWeak(this DigestAlgorithm algorithm) =>
        algorithm is DigestAlgorithm.Md5 or DigestAlgorithm.Sha1;

    /// <summary>
    /// Returns the algorithm with this name, in any case, with or without hyphens; null if the name is unknown.
    /// </summary>
    public static DigestAlgorithm? Named(ReadOnlySpan<char> name)
    {
        Span<char> folded = stackalloc char[8];
        var length = 0;
        foreach (var c in name)
        {
            if (c == '-') continue;
            if (length == folded.Length) return null;
            folded[length++] = char.ToLowerInvariant(c);
        }
        return folded[..length] switch
        {
            "md5" => DigestAlgorithm.Md5,
            "sha1" => DigestAlgorithm.Sha1,
            "sha256" => DigestAlgorithm.Sha256,
            "sha384" => DigestAlgorithm.Sha384,
            "sha512" => DigestAlgorithm.Sha512,
            _ => null,
        };
    }

    /// <summary>Returns the algorithm whose digests have this many bytes; null if there is none.</summary>
    public static DigestAlgorithm? OfSize(int bytes)
    {
        foreach (var algorithm in Enum.GetValues<DigestAlgorithm>())
            if (algorithm.Size() == bytes) return algorithm;
        return null;
    }
}

/// <summary>
/// A digest and the algorithm that made it, compared by value. A struct, so that no object is needed for each digest
/// beside its bytes.
/// </summary>
public readonly struct Digest : IEquatable<Digest>
{
    readonly byte[] bytes;

    public Digest(DigestAlgorithm algorithm, byte[] bytes)
    {
        if (bytes.Length != algorithm.Size())
            throw new ArgumentException(
                $"{algorithm.Name()} has {algorithm.Size()} bytes, not {bytes.Length}", nameof(bytes));
        Algorithm = algorithm;
        this.bytes = bytes;
    }

    public DigestAlgorithm Algorithm { get; }
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>Gets the digest in lower-case hex.</summary>
    public string Hex => Convert.ToHexStringLower(bytes);

    public static Digest Sha256(ReadOnlySpan<byte> contents) => new(DigestAlgorithm.Sha256, SHA256.HashData(contents));

    public bool Equals(Digest other) => Algorithm == other.Algorithm && Bytes.SequenceEqual(other.Bytes);
    public override bool Equals(object? obj) => obj is Digest other && Equals(other);
    public override int GetHashCode() => bytes is null ? 0 : BitConverter.ToInt32(bytes, 0);
    public override string ToString() => $"{Algorithm.Name()}:{Hex}";
    public static bool operator ==(Digest left, Digest right) => left.Equals(right);
    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);
}
