using System.Diagnostics;
using Difusor.Agent.Linux.Files;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// Changes something that readers never see, where the watch must see it: the mode of the live tree's folder, to what
/// it is already. Any thread sends, the watch's thread sees.
/// </summary>
sealed class Canary(PublishedState state)
{
    long sent;

    /// <summary>Sends one.</summary>
    /// <returns>False: the last one has not been seen at all.</returns>
    public bool Send()
    {
        var isAnswered = Interlocked.Exchange(ref sent, Stopwatch.GetTimestamp()) == 0;
        if (!Touch()) Interlocked.Exchange(ref sent, 0);
        return isAnswered;
    }

    /// <summary>Takes note that it was seen.</summary>
    /// <returns>How long that took; null: none was under way.</returns>
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
