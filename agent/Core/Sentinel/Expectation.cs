using System.Collections.Immutable;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Sentinel;

/// <summary>What one root must serve.</summary>
/// <param name="Folder">Its absolute path: <c>public/</c> or <c>rehearsal/</c>.</param>
/// <param name="Live">The release that <c>current</c> leads to; null: the notice page.</param>
/// <param name="Trees">The releases that lie in it, the live one too.</param>
/// <param name="Notice">What <c>notice/</c> must hold; null: whatever it is.</param>
public sealed record ExpectedRoot(
    Root Root, string Folder, ReleaseId? Live, ImmutableDictionary<ReleaseId, SealedTree> Trees,
    SealedTree? Notice = null)
{
    public const string NoticeFolder = "notice";

    /// <summary>What <c>current</c> must hold.</summary>
    public string LinkTarget => Live is { } id ? $"releases/{id.Value}" : NoticeFolder;

    /// <summary>
    /// What <c>current.map</c> must say, white space aside (contract, section 4); nothing without a release.
    /// </summary>
    public string MapLine => Live is { } id ? $"release {id.Value}" : "";

    public string TreeFolder(ReleaseId id) => $"{Folder}/releases/{id.Value}";

    /// <summary>A difference in the notice page, as one of its root's.</summary>
    public static Alteration OfNotice(Alteration inNotice) =>
        inNotice with { Release = null,
            Path = inNotice.Path == "." ? NoticeFolder : $"{NoticeFolder}/{inNotice.Path}" };

    /// <summary>The notice page as a tree: one file.</summary>
    /// <param name="owner">The agent's uid.</param>
    public static SealedTree NoticeTree(Root root, byte[] page, uint owner) => new(
        new ReleaseRecord(
            new Release(default, 0, NoticeFolder, default, null, "", 1, page.Length, root, false, 0, default, []),
            [new ReleaseFile(RelativePath.Own("index.html"), page.Length, Digest.Sha256(page), 0)]),
        root, owner);

    /// <summary>What is wrong with <c>current</c>.</summary>
    /// <param name="target">What it holds; null: it is no symbolic link, or not there.</param>
    /// <param name="detail">What was found in that case.</param>
    public Alteration? Link(string? target, string detail) =>
        target == LinkTarget ? null
        : new Alteration(
            Root, null, AlterationKind.Link, "current", null, null,
            target is null ? detail : $"leads to {target} in place of {LinkTarget}");

    /// <summary>What is wrong with <c>current.map</c>.</summary>
    /// <param name="text">All of it, or its beginning; null: it cannot be read.</param>
    public Alteration? Map(string? text, string detail)
    {
        if (text is null) return new Alteration(Root, null, AlterationKind.Map, "current.map", null, null, detail);
        return text.TrimEnd() == MapLine ? null
            : new Alteration(
                Root, null, AlterationKind.Map, "current.map", null, null,
                $"does not say '{MapLine}' and nothing else");
    }

    /// <summary>
    /// The mounts that lie over what is published: at or below the root's own folder there must be none.
    /// </summary>
    /// <param name="mountPoints">All of the agent's mount points, as <c>/proc/self/mountinfo</c> lists them.</param>
    public IEnumerable<Alteration> Mounts(IEnumerable<string> mountPoints)
    {
        foreach (var point in mountPoints)
        {
            if (point != Folder && !point.StartsWith(Folder + "/", StringComparison.Ordinal)) continue;
            var path = point.Length == Folder.Length ? "." : point[(Folder.Length + 1)..];
            var release = path.Split('/') is ["releases", var id, ..] ? ReleaseId.Read(id) : null;
            yield return new Alteration(
                Root, release, AlterationKind.Mount, path, null, null,
                "a file system is mounted here; it hides what was published");
        }
    }
}

/// <summary>
/// All that must hold of what is published, as the agent loop last said; replaced whole at each publication.
/// </summary>
public sealed record Expectation(ImmutableArray<ExpectedRoot> Roots)
{
    public static Expectation Nothing { get; } = new([]);

    public ExpectedRoot? Of(Root root) => Roots.FirstOrDefault(known => known.Root == root);
}
