using System.Text.Json.Nodes;

namespace Difusor.Agent.Publication;

/// <summary>What a path is to readers since a swap.</summary>
public enum PathChange { Changed, Removed, Added }

/// <summary>
/// What readers of a root get from now on, and what is other than before: the input of <c>publication.after</c>.
/// </summary>
/// <param name="Corte">What is live; null with <paramref name="Release"/>: the notice page.</param>
/// <param name="Previous">What was live before; null: the notice page.</param>
/// <param name="Paths">The paths of the releases that differ.</param>
public sealed record SwapNotice(
    Root Root, Corte? Corte, ReleaseId? Release, ReleaseId? Previous, ImmutableDictionary<string, PathChange> Paths)
{
    /// <summary>Compares two releases by their records.</summary>
    /// <param name="before">The record of the previous one; null if it is not known: then every file counts as
    /// changed.</param>
    /// <param name="after">The record of the live one; null if the notice page is live.</param>
    public static SwapNotice Between(Root root, ReleaseId? previous, ReleaseRecord? before, ReleaseRecord? after)
    {
        var old = (before?.Files ?? []).ToDictionary(file => file.Path.Value, file => file.Sha256);
        var paths = ImmutableDictionary.CreateBuilder<string, PathChange>(StringComparer.Ordinal);
        foreach (var file in after?.Files ?? [])
            if (!old.Remove(file.Path.Value, out var digest))
                paths[file.Path.Value] = previous is not null && before is null ? PathChange.Changed : PathChange.Added;
            else if (!digest.Equals(file.Sha256)) paths[file.Path.Value] = PathChange.Changed;
        foreach (var gone in old.Keys) paths[gone] = PathChange.Removed;
        return new SwapNotice(root, after?.Release.Corte, after?.Release.Id, previous, paths.ToImmutable());
    }

    /// <summary>Returns this swap and an earlier one as one: a cache may hold what was live in between.</summary>
    public SwapNotice After(SwapNotice earlier) =>
        this with { Previous = earlier.Previous, Paths = earlier.Paths.SetItems(Paths) };

    /// <summary>Returns one line of JSON.</summary>
    public string ToJson() => new JsonObject
    {
        ["corte"] = Corte?.ToString(),
        ["release"] = Release?.Value,
        ["previous"] = Previous?.Value,
        ["root"] = Root == Root.Rehearsal ? "rehearsal" : "public",
        ["changed"] = List(PathChange.Changed),
        ["removed"] = List(PathChange.Removed),
        ["added"] = List(PathChange.Added),
    }.ToJsonString();

    JsonArray List(PathChange change) =>
        new([.. Paths.Where(path => path.Value == change).Select(path => path.Key).Order(StringComparer.Ordinal)
            .Select(path => JsonValue.Create(path))]);
}
