namespace Difusor.Agent.Sentinel;

/// <summary>
/// The kinds of difference between what is published and what was sealed: the closed list of the contract's section 10,
/// <c>TAMPER_DETECTED</c>.
/// </summary>
public enum AlterationKind
{
    /// <summary>The bytes of a file differ.</summary>
    Changed,
    Added,
    Removed,
    /// <summary>The entry has another type: not a regular file, or not a folder, where there must be one.</summary>
    Type,
    /// <summary>The mode differs: others may write, or Apache may be unable to read.</summary>
    Mode,
    /// <summary>The owner is not the agent, and so another account may write.</summary>
    Owner,
    /// <summary><c>current</c> leads to another place, or is not a link.</summary>
    Link,
    /// <summary><c>current.map</c> does not say the same as <c>current</c>.</summary>
    Map,
    /// <summary>A file system is mounted over what is published, for the agent's eyes or for all.</summary>
    Mount,
    /// <summary>It cannot be read, so nothing is proven about it.</summary>
    Unreadable,
}

/// <summary>One difference between what is published and what was sealed.</summary>
/// <param name="Release">The release whose tree it is in; null for the links and folders above all releases.</param>
/// <param name="Path">The path below the release's tree, or below <paramref name="Root"/>'s folder; printable.</param>
/// <param name="Expected">The digest of the sealed bytes; null if the path should not exist, or the bytes are not the
/// difference.</param>
/// <param name="Found">The digest of the bytes found; null if none were read.</param>
/// <param name="Detail">What was seen, in plain English.</param>
/// <param name="Since">When the kernel last saw a change there, a time that an intruder cannot choose; null if
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
        AlterationKind.Unreadable => "unreadable",
    };

    /// <summary>Returns the alteration as an item of the event's <c>changes</c>, with both digests.</summary>
    public Finding ToFinding() => new(Code, Path, (Expected, Found) switch
    {
        ({ } expected, { } found) => $"expected sha256 {expected.Hex}, found {found.Hex}; {Detail}",
        ({ } expected, null) => $"expected sha256 {expected.Hex}; {Detail}",
        (null, { } found) => $"found sha256 {found.Hex}; {Detail}",
        (null, null) => Detail,
    });

    /// <summary>
    /// Gets what is equal if two looks find the same alteration: the same thing is wrong in the same place.
    /// </summary>
    public (Root, ReleaseId?, AlterationKind, string, Digest?) SamePlace => (Root, Release, Kind, Path, Found);

    public static (Root, ReleaseId?, AlterationKind, string, Digest?) Place(Alteration alteration) =>
        alteration.SamePlace;
}
