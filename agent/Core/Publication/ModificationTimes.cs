namespace Difusor.Agent.Publication;

/// <summary>
/// The modification times of the contract's section 8: against the release that is live, a path whose bytes differ is
/// at least a whole second newer than the newest there, an unchanged one keeps its own. So an ETag or a Last-Modified
/// never stands for two bodies.
/// </summary>
public static class ModificationTimes
{
    /// <summary>The time of all that is new in a release, in whole seconds since 1970.</summary>
    /// <param name="newestLive">The newest time of the live release, or of the last one that was live; null where there
    /// was none.</param>
    public static long Stamp(DateTimeOffset now, long? newestLive) =>
        Math.Max(now.ToUnixTimeSeconds(), (newestLive ?? 0) + 1);

    /// <summary>
    /// What must change in <paramref name="files"/> before they replace <paramref name="live"/>: the files with the
    /// time that they need.
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
