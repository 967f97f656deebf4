using Difusor.Agent.Events;

namespace Difusor.Agent.Sentinel;

/// <summary>Makes the events about the folders that the kernel watches for the sentinel.</summary>
public static class SightEvents
{
    /// <summary>Enough for any site. A watch costs the kernel about 1 KiB, and only while it is set.</summary>
    const long Enough = 524_288;

    /// <param name="unwatched">How many published folders have no watch.</param>
    /// <param name="refusal">Why they have none.</param>
    /// <param name="limit">The kernel's limit for one account; null if it cannot be read, or was not the cause.</param>
    public static AgentEvent Of(int unwatched, int watched, string? refusal, long? limit) => unwatched == 0
        ? new SentinelSees(watched)
            : new SentinelBlind(unwatched, watched, limit, refusal ?? "", Command(refusal, limit));

    /// <returns>Null if a higher limit of the kernel would not help.</returns>
    static string? Command(string? refusal, long? limit)
    {
        if (refusal?.EndsWith("ENOSPC", StringComparison.Ordinal) != true) return null;
        var wanted = Math.Max(Enough, 2 * (limit ?? 0));
        return string.Create(CultureInfo.InvariantCulture, $"sysctl -w fs.inotify.max_user_watches={wanted}");
    }
}
