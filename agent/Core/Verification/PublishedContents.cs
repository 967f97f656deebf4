namespace Difusor.Agent.Verification;

/// <summary>A package's files without those that are not published.</summary>
sealed class PublishedContents(IPackageContents contents, IReadOnlyList<ContentEntry> published) : IPackageContents
{
    public IReadOnlyList<ContentEntry> Entries => published;

    public byte[] ReadHead(RelativePath path, int limit) => contents.ReadHead(path, limit);

    public Digest Compute(RelativePath path, DigestAlgorithm algorithm) => contents.Compute(path, algorithm);
}
