using Difusor.Agent.Packages.Archives;

namespace Difusor.Agent.Verification;

/// <summary>What a file of a package may state the corte by.</summary>
enum CorteSource { None, Table, Archive, Json }

/// <summary>One place that states the corte.</summary>
/// <param name="Where">The place, as a finding names it.</param>
/// <param name="Path">The file of the package; null for the package's own names.</param>
readonly record struct StatedCorte(string Where, string? Path, CorteStamp Stamp);

/// <summary>
/// Finds what the files of a package state of its corte: headers of its tables, names and tables of archives in it, and
/// JSON (contract, section 6, "Corte"). Reads the beginnings of a limited number of files.
/// </summary>
static class CorteSources
{
    /// <summary>How many archives within one package are looked into.</summary>
    const int MostArchives = 20;

    /// <summary>How many JSON files of one package are read; those nearest the top come first.</summary>
    const int MostJson = 200;

    /// <summary>Returns what a file may state the corte by, as its name tells.</summary>
    internal static CorteSource Of(ReadOnlySpan<char> path) => path is [.., var last] ? (last | 0x20) switch
    {
        't' or 'v' when CorteHeader.IsDataFile(path) => CorteSource.Table,
        'p' or 'r' or 'z' when PackageName.FormOf(path) is not (PackageForm.Folder or PackageForm.Other) =>
            CorteSource.Archive,
        'n' when CorteJson.Is(path) => CorteSource.Json,
        _ => CorteSource.None,
    } : CorteSource.None;

    /// <summary>Returns how many bytes of such a file are needed.</summary>
    internal static int HeadOf(CorteSource source) => source switch
    {
        CorteSource.Table => CorteHeader.HeadBytes,
        CorteSource.Archive => ArchivedTables.HeadBytes,
        CorteSource.Json => CorteJson.HeadBytes,
        CorteSource.None => 0,
    };

    /// <summary>Returns all that the files state, headers of tables first.</summary>
    /// <param name="places">Where else the profile says that JSON has it.</param>
    internal static List<StatedCorte> In(IPackageContents contents, IReadOnlyList<CorteInJson> places)
    {
        List<(StatedCorte Stated, bool HasTable)> headers = [];
        List<RelativePath> archives = [], json = [];
        foreach (var entry in contents.Entries)
            switch (Of(entry.Path.Value))
            {
                case CorteSource.Table:
                    if (CorteHeader.Read(contents.ReadHead(entry.Path, CorteHeader.HeadBytes)) is { } header)
                        headers.Add((new(entry.Path.Value, entry.Path.Value, header.Stamp), header.HasTable));
                    break;
                case CorteSource.Archive:
                    archives.Add(entry.Path);
                    break;
                case CorteSource.Json:
                    json.Add(entry.Path);
                    break;
                case CorteSource.None:
                    break;
            }
        var current = Current(archives);
        foreach (var (path, _) in current.Take(MostArchives))
            foreach (var (name, header) in ArchivedTables.Read(
                PackageName.FormOf(path.Value), contents.ReadHead(path, ArchivedTables.HeadBytes)))
                headers.Add((new($"{path}/{name}", path.Value, header.Stamp), header.HasTable));
        var hasTables = headers.Exists(header => header.HasTable);
        return
        [
            .. headers.Where(header => header.HasTable || !hasTables).Select(header => header.Stated),
            .. current.Where(archive => archive.Stamp is not null)
                .Select(archive => new StatedCorte(archive.Path.Value, archive.Path.Value, archive.Stamp!.Value)),
            .. InJson(json, contents, places),
        ];
    }

    /// <summary>
    /// Returns the archives with the stamps that their names begin with. Of those that differ in nothing else only the
    /// newest: a site may keep the archives of earlier cortes for readers.
    /// </summary>
    static List<(RelativePath Path, CorteStamp? Stamp)> Current(IEnumerable<RelativePath> archives) =>
    [
        .. archives.Select(path => (Path: path, Name: PackageName.Read(path.Name)))
            .Select(archive => (archive.Path, archive.Name.Series, Stamp: PackageName.BeginsWithStamp(archive.Path.Name)
                ? archive.Name.Stamp : null))
            .GroupBy(archive => archive.Stamp is null ? archive.Path.Value : $"/{archive.Series}")
            .Select(alike => alike.MaxBy(archive => archive.Stamp))
            .Select(newest => (newest.Path, newest.Stamp is { } at ? new CorteStamp(at, null) : (CorteStamp?)null)),
    ];

    static IEnumerable<StatedCorte> InJson(
        List<RelativePath> files, IPackageContents contents, IReadOnlyList<CorteInJson> places) =>
        files.Select(path => (Path: path, Places: places.Where(place => place.Is(path.Value)).ToList()))
            .OrderBy(file => file.Places.Count == 0).ThenBy(file => file.Path.Depth).Take(MostJson)
            .SelectMany(
                file => CorteJson.Read(contents.ReadHead(file.Path, CorteJson.HeadBytes), file.Places),
                (file, stamp) => new StatedCorte(file.Path.Value, file.Path.Value, stamp));
}
