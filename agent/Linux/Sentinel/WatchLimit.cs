namespace Difusor.Agent.Linux.Sentinel;

/// <summary>Reads how many folders and files one account may watch (inotify(7)).</summary>
static class WatchLimit
{
    /// <returns>Null if /proc does not say.</returns>
    public static long? Read()
    {
        try
        {
            var text = File.ReadAllText("/proc/sys/fs/inotify/max_user_watches");
            return long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit
                : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
