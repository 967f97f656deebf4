using Difusor.Agent.Packages;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Sentinel;

/// <summary>
/// How what is published differs from what was sealed: the closed set of the contract's section 10,
/// <c>TAMPER_DETECTED</c>.
/// </summary>
public enum AlterationKind
{
    /// <summary>A file's bytes.</summary>
    Changed,
    Added,
    Removed,
    /// <summary>Something that is no regular file, or no folder, in the place of one.</summary>
    Type,
    /// <summary>A mode that lets others write, or that keeps Apache from reading.</summary>
    Mode,
    /// <summary>An owner who is not the agent, and so may write.</summary>
    Owner,
    /// <summary><c>current</c> leads elsewhere, or is no link.</summary>
    Link,
    /// <summary><c>current.map</c> says something else than <c>current</c>.</summary>
    Map,
    /// <summary>A file system mounted over what is published, for the agent's eyes or for all.</summary>
    Mount,
    /// <summary>It cannot be read, so that nothing is proven of it.</summary>
    Unreadable,
}

/// <summary>One difference between what is published and what was sealed.</summary>
/// <param name="Release">The release whose tree it is in; null: the links and folders above all releases.</param>
/// <param name="Path">Below the release's tree, or below <paramref name="Root"/>'s folder; printable.</param>
/// <param name="Expected">The sealed bytes; null where the path should not be, or its bytes are not what
/// differs.</param>
/// <param name="Found">The bytes found; null where none were read.</param>
/// <param name="Detail">What was seen, in plain English.</param>
/// <param name="Since">When the kernel last saw a change there, which the hand that made it cannot choose; null where
/// unknown.</param>
public sealed record Alteration(
    Root Root, ReleaseId? Release, AlterationKind Kind, string Path, Digest? Expected, Digest? Found, string Detail,
    DateTimeOffset? Since = null)
{
    public string Code => Kind switch
    {
        AlterationKind.Changed => "changed",
        AlterationKind.Added => "added",
        AlterationKind.Removed => "removed",
        AlterationKind.Type => "type",
        AlterationKind.Mode => "mode",
        AlterationKind.Owner => "owner",
        AlterationKind.Link => "link",
        AlterationKind.Map => "map",
        AlterationKind.Mount => "mount",
        _ => "unreadable",
    };

    /// <summary>As the event's <c>changes</c> list it, with both digests.</summary>
    public Finding ToFinding() => new(Code, Path, (Expected, Found) switch
    {
        ({ } expected, { } found) => $"expected sha256 {expected.Hex}, found {found.Hex}; {Detail}",
        ({ } expected, null) => $"expected sha256 {expected.Hex}; {Detail}",
        (null, { } found) => $"found sha256 {found.Hex}; {Detail}",
        _ => Detail,
    });

    /// <summary>Two looks at one alteration agree in this: the same thing is wrong in the same place.</summary>
    public (Root, ReleaseId?, AlterationKind, string, Digest?) SamePlace => (Root, Release, Kind, Path, Found);

    public static (Root, ReleaseId?, AlterationKind, string, Digest?) Place(Alteration alteration) =>
        alteration.SamePlace;
}
