namespace Difusor.Agent.Publication;

/// <summary>
/// The rules for modification times of the contract's section 8, compared with the live release: a file whose bytes
/// differ is at least a whole second newer than the newest file there; an unchanged file keeps its time. So an ETag or
/// a Last-Modified never means two different contents.
/// </summary>
public static class ModificationTimes
{
    /// <summary>Returns the time for everything new in a release, in whole seconds since 1970.</summary>
    /// <param name="newestLive">
    /// The newest time of the live release, or of the last one that was live; null if there was none.
    /// </param>
    public static long Stamp(DateTimeOffset now, long? newestLive) =>
        Math.Max(now.ToUnixTimeSeconds(), (newestLive ?? 0) + 1);

    /// <summary>
    /// Returns the files of <paramref name="files"/> whose time must change before they replace
    /// <paramref name="live"/>, with the time that they need.
    /// </summary>
    public static IReadOnlyList<ReleaseFile> Violations(
        IReadOnlyList<ReleaseFile> files, IReadOnlyDictionary<string, ReleaseFile> live, long newestLive, long stamp)
    {
        var found = new List<ReleaseFile>();
        foreach (var file in files)
        {
            if (live.TryGetValue(file.Path.Value, out var served) && served.Sha256 == file.Sha256)
            {
                if (served.Mtime != file.Mtime) found.Add(file with { Mtime = served.Mtime });
            }
            else if (file.Mtime <= newestLive)
            {
                found.Add(file with { Mtime = stamp });
            }
        }
        return found;
    }
}
