namespace Difusor.Agent.Packages;

/// <summary>
/// Tells by its name alone, in any case, whether a file is a HASH file (contract, section 6), and what such a name
/// says.
/// </summary>
public static class HashFileName
{
    static readonly string[] Sidecars = [".hash", ".md5", ".sha1", ".sha256", ".sha384", ".sha512"];
    static readonly string[] Signatures = [".sig", ".asc", ".gpg", ".minisig", ".p7s", ".tsr"];

    public static bool Is(ReadOnlySpan<char> path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        // A quick exit: nearly all files of a package are a site's pages.
        if (name.EndsWith(".html", StringComparison.Ordinal)) return false;
        return SidecarExtension(name) > 0 || Same(name, "HASH") || Same(name, "HASH.txt") || Same(name, "HASHES.txt")
            || Ends(name, "SUMS") || Ends(name, "SUMS.txt") || ManifestAlgorithm(name) is not null;
    }

    /// <summary>
    /// Returns the name of the HASH file that a file of this name signs or stamps (<c>SHA256SUMS</c> for
    /// <c>SHA256SUMS.asc</c>); empty if it is no such name.
    /// </summary>
    public static ReadOnlySpan<char> Signed(ReadOnlySpan<char> path)
    {
        foreach (var extension in Signatures)
            if (Ends(path, extension)) return Is(path[..^extension.Length]) ? path[..^extension.Length] : [];
        return [];
    }

    /// <summary>
    /// Returns whether the name is a HASH file's, or that of a signature of one: neither counts in the huella.
    /// </summary>
    public static bool IsOrSigns(ReadOnlySpan<char> path) => Is(path) || !Signed(path).IsEmpty;

    /// <summary>
    /// Returns the algorithm that the name states (<c>SHA256SUMS</c>, <c>x.md5</c>, <c>manifest-sha512.txt</c>); null
    /// if only the digests' length can tell.
    /// </summary>
    public static DigestAlgorithm? Algorithm(ReadOnlySpan<char> path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (ManifestAlgorithm(name) is { } manifest) return manifest;
        if (Ends(name, ".txt")) name = name[..^4];
        if (Ends(name, "SUMS")) return DigestAlgorithms.Named(name[..^4]);
        return SidecarExtension(name) is var length and > 0 ? DigestAlgorithms.Named(name[^(length - 1)..]) : null;
    }

    /// <summary>
    /// Returns the file that a sidecar without a file name in it is for: the sidecar's own path without the extension.
    /// Null if the name is not a sidecar's.
    /// </summary>
    public static string? SidecarTarget(string path)
    {
        var length = SidecarExtension(path.AsSpan(path.LastIndexOf('/') + 1));
        return length > 0 && path[..^length] is { Length: > 0 } target && target[^1] != '/' ? target : null;
    }

    static int SidecarExtension(ReadOnlySpan<char> name)
    {
        foreach (var extension in Sidecars)
            if (Ends(name, extension)) return extension.Length;
        return 0;
    }

    static DigestAlgorithm? ManifestAlgorithm(ReadOnlySpan<char> name) =>
        name.StartsWith("manifest-", StringComparison.OrdinalIgnoreCase) && Ends(name, ".txt") && name.Length > 13
            ? DigestAlgorithms.Named(name[9..^4]) : null;

    static bool Same(ReadOnlySpan<char> name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
    static bool Ends(ReadOnlySpan<char> name, string end) => name.EndsWith(end, StringComparison.OrdinalIgnoreCase);
}
