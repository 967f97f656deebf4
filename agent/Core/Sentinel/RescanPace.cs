
namespace Difusor.Agent.Sentinel;

/// <summary>
/// Decides how long a rescan rests after a piece of work, so that it never uses a whole core: nine parts of rest to one
/// of work, but it must end within half of <c>sentinel.rescan</c>.
/// </summary>
/// <param name="Rescan">The time from the start of one rescan to the start of the next.</param>
public readonly record struct RescanPace(TimeSpan Rescan)
{
    const int RestPerWork = 9;

    /// <param name="worked">How long the last piece took.</param>
    /// <param name="elapsed">The time since this rescan began.</param>
    /// <param name="piece">The last piece's share of the whole, 0 to 1.</param>
    /// <param name="left">The share that is still to be read, 0 to 1.</param>
    public TimeSpan Rest(TimeSpan worked, TimeSpan elapsed, double piece, double left)
    {
        var spare = Rescan / 2 - elapsed;
        if (left <= 0 || spare <= TimeSpan.Zero) return TimeSpan.Zero;
        var wanted = worked * RestPerWork;
        var fair = spare * (piece / (piece + left));
        return fair < wanted ? fair : wanted;
    }
}
