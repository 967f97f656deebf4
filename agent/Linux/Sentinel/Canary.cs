using System.Diagnostics;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// Makes a change that readers never see but the watch must see: sets the mode of the live tree's folder to the mode
/// that it already has. Any thread sends; the watch's thread sees.
/// </summary>
sealed class Canary(PublishedState state)
{
    long sent;

    /// <summary>Sends a canary.</summary>
    /// <returns>False: the previous canary was never seen.</returns>
    public bool Send()
    {
        var isAnswered = Interlocked.Exchange(ref sent, Stopwatch.GetTimestamp()) == 0;
        if (!Touch()) Interlocked.Exchange(ref sent, 0);
        return isAnswered;
    }

    /// <summary>Notes that the canary was seen.</summary>
    /// <returns>The delay since it was sent; null if none was sent.</returns>
    public TimeSpan? Seen() =>
        Interlocked.Exchange(ref sent, 0) is var at and not 0 ? Stopwatch.GetElapsedTime(at) : null;

    bool Touch()
    {
        if (state.Expected.Roots.FirstOrDefault(root => root.Live is not null) is not { Live: { } live } root)
            return false;
        using var folder = TreeLook.Open(root, root.Trees[live], out _);
        return folder is not null && folder.Identity.Mode is Modes.PublicFolder
            && Native.fchmod((int)folder.Handle.DangerousGetHandle(), Modes.PublicFolder) == 0;
    }
}
