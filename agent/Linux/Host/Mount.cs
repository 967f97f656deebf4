namespace Difusor.Agent.Linux.Host;

/// <summary>One line of mountinfo (proc_pid_mountinfo(5)).</summary>
/// <param name="Kind">The file system's type: <c>ext4</c>, <c>nfs4</c>.</param>
/// <param name="IsReadOnly">Whether the file system itself is read-only, for whoever writes, in every
/// namespace.</param>
sealed record Mount(string Point, string Kind, bool IsReadOnly)
{
    public static Mount? Read(string line)
    {
        var halves = line.Split(" - ");
        return halves.Length == 2 && halves[0].Split(' ') is [_, _, _, _, var point, ..]
            && halves[1].Split(' ') is [var kind, .. var rest]
            ? new Mount(
                point.Replace("\\040", " ", StringComparison.Ordinal), kind,
                rest is [_, var options, ..] && options.Split(',').Contains("ro")) : null;
    }

    /// <summary>
    /// Returns the mount that a path is on: the deepest one, and the last one if several are at the same place.
    /// </summary>
    public static Mount? Of(IReadOnlyList<Mount> mounts, string path) =>
        mounts.Where(
            mount => path == mount.Point || path.StartsWith(mount.Point.TrimEnd('/') + "/", StringComparison.Ordinal))
            .OrderBy(mount => mount.Point.Length).LastOrDefault();
}
