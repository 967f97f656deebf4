using System.Collections.Immutable;
using Difusor.Agent.Packages;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Drop;

/// <summary>
/// A HASH file beside archives, read once: what it says of archives, and nothing else of it. Only names of archives
/// that lie beside it are kept, and only so
/// many of them.
/// </summary>
public sealed class BesideList
{
    /// <summary>How many archives one list may name; further ones are passed over.</summary>
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
            if (PackageName.Read(entry.Path.Value).Form == PackageForm.Folder) continue;
            if (!byName.TryGetValue(entry.Path.Value, out var stated)) byName[entry.Path.Value] = stated = [];
            if (stated.Contains(entry.Digest)) continue;
            stated.Add(entry.Digest);
            Names++;
        }
    }

    /// <summary>The archives that it may speak of.</summary>
    public IEnumerable<string> Archives => HashFileName.SidecarTarget(path.Value) is { } target
        ? byName.Keys.Concat(PackageName.WithEachExtension(target)) : byName.Keys;

    /// <summary>How much memory it takes, in digests kept.</summary>
    public int Names { get; }

    /// <param name="mostNames">At most so many digests are kept.</param>
    public static BesideList Read(
        RelativePath path, byte[] text, PathLimits limits, int mostEntries, int mostNames = MostNames) =>
        new(path, HashFile.Parse(path, text, limits, mostEntries), Math.Min(mostNames, MostNames));

    /// <summary>What it says of one archive; null where it says nothing.</summary>
    public OuterList? Of(RelativePath archive)
    {
        var own = OuterCoverage.IsSidecarOf(path, archive);
        IEnumerable<Digest> unnamed = own && bare is { } only ? [only] : [];
        ImmutableArray<Digest> digests = [.. unnamed, .. byName.GetValueOrDefault(archive.Value) ?? []];
        var wrong = own ? problem : null;
        return digests.IsEmpty && wrong is null ? null : new OuterList(path, wrong, digests);
    }

    /// <summary>Whether two readings of a list say the same of an archive; null is a list that is not there.</summary>
    public static bool SayTheSame(BesideList? one, BesideList? other, RelativePath archive) =>
        (one?.Of(archive), other?.Of(archive)) switch
    {
        (null, null) => true,
        ({ } left, { } right) => left.Problem == right.Problem && left.Digests.SequenceEqual(right.Digests),
        _ => false,
    };
}
