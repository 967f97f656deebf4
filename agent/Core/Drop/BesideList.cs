using Difusor.Agent.Verification;

namespace Difusor.Agent.Drop;

/// <summary>
/// Holds what one HASH file beside archives says about archives, read once. It keeps only names that can be archives
/// beside it, and only a limited number of them.
/// </summary>
public sealed class BesideList
{
    /// <summary>The most digests that one list may keep; further ones are ignored.</summary>
    public const int MostNames = 10_000;

    readonly Dictionary<string, List<Digest>> byName = new(StringComparer.Ordinal);
    readonly RelativePath path;
    readonly Finding? problem;
    readonly Digest? bare;

    BesideList(RelativePath path, HashFileReading reading, int mostNames)
    {
        (this.path, problem, bare) = (path, reading.Problem, reading.File?.Bare);
        for (var line = 0; line < (reading.File?.Count ?? 0) && Names < mostNames; line++)
        {
            if (reading.File!.NameAt(line).Contains((byte)'/')) continue;
            var entry = reading.File[line];
            var name = entry.Path.Value.TrimEnd(' ');
            if (PackageName.Read(name).Form == PackageForm.Folder) continue;
            if (!byName.TryGetValue(name, out var stated)) byName[name] = stated = [];
            if (stated.Contains(entry.Digest)) continue;
            stated.Add(entry.Digest);
            Names++;
        }
    }

    /// <summary>Gets the names of the archives that the list may speak about.</summary>
    public IEnumerable<string> Archives => HashFileName.SidecarTarget(path.Value) is { } target
        ? byName.Keys.Concat(PackageName.WithEachExtension(target)) : byName.Keys;

    /// <summary>
    /// Gets whether it may speak about an archive: it names one, or is named after one. A list that speaks of pages is
    /// itself a loose file.
    /// </summary>
    public bool IsAboutArchives => byName.Count > 0 || (HashFileName.SidecarTarget(path.Value) is { } target
        && (PackageName.Read(target).Form != PackageForm.Folder || (bare is not null && !NoDelivery.IsLoose(target))));

    /// <summary>Gets how much memory the list takes, counted in kept digests.</summary>
    public int Names { get; }

    /// <param name="mostNames">The most digests to keep.</param>
    /// <param name="line"><c>hashes.line</c>.</param>
    public static BesideList Read(
        RelativePath path, byte[] text, PathLimits limits, int mostEntries, int mostNames = MostNames,
        HashLine? line = null) =>
        new(path, HashFile.Parse(path, text, limits, mostEntries, line), Math.Min(mostNames, MostNames));

    /// <summary>Returns what the list says about one archive; null if it says nothing.</summary>
    public OuterList? Of(RelativePath archive)
    {
        var own = OuterCoverage.IsSidecarOf(path, archive);
        IEnumerable<Digest> unnamed = own && bare is { } only ? [only] : [];
        ImmutableArray<Digest> digests = [.. unnamed, .. byName.GetValueOrDefault(archive.Value) ?? []];
        var wrong = own ? problem : null;
        return digests.IsEmpty && wrong is null ? null : new OuterList(path, wrong, digests);
    }

    /// <summary>
    /// Returns whether two readings of a list say the same about an archive. Null means that the list does not exist.
    /// </summary>
    public static bool SayTheSame(BesideList? one, BesideList? other, RelativePath archive) =>
        (one?.Of(archive), other?.Of(archive)) switch
    {
        (null, null) => true,
        ({ } left, { } right) => left.Problem == right.Problem && left.Digests.SequenceEqual(right.Digests),
        _ => false,
    };
}
