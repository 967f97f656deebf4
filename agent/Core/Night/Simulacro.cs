using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Night;

/// <summary>
/// A rehearsal that the system administrator holds alone, without the institute: what comes meanwhile goes to the
/// rehearsal root only, which opens a moment later by trusted time, as the public one does on the night. It is only in
/// memory: a restart or a reload ends it.
/// </summary>
/// <param name="Begins">What comes from here on is the rehearsal's.</param>
/// <param name="Opens">When the rehearsal root opens.</param>
public sealed record Simulacro(DateTimeOffset Begins, DateTimeOffset Opens, DateTimeOffset Ends)
{
    /// <summary>How long what came early is held: long enough to be seen.</summary>
    public static readonly TimeSpan OpensAfter = TimeSpan.FromSeconds(20);
    /// <summary>How long it goes on if nobody ends it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    /// <summary>How long before the opening of the election, or its first corte, none may begin.</summary>
    public static readonly TimeSpan AwayFromTheNight = TimeSpan.FromHours(24);
    /// <summary>How long before a rehearsal of the institute's none may begin.</summary>
    public static readonly TimeSpan AwayFromTheInstitute = TimeSpan.FromHours(1);
    /// <summary>How long it is remembered after its end: for what came in it and is not judged yet.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(2);

    /// <summary>Gets the period whose deliveries are the rehearsal's.</summary>
    public Window Whole => new(Begins, Ends);

    /// <summary>Gets the period in which its root is open.</summary>
    public Window Open => new(Opens, Ends);

    /// <summary>Begins one now.</summary>
    public static Simulacro Of(ClockBound bound, TimeSpan offset)
    {
        var opens = bound.Latest.ToOffset(offset) + OpensAfter;
        opens = opens.AddTicks(TimeSpan.TicksPerSecond - (opens.Ticks % TimeSpan.TicksPerSecond));
        return new Simulacro(bound.Earliest.ToOffset(offset), opens, opens + Longest);
    }

    /// <summary>Returns whether the root is certainly not open yet, though it will be.</summary>
    public bool IsBeforeOpening(ClockBound bound) => bound.Latest >= Begins && bound.Earliest < Opens && Opens < Ends;

    /// <summary>
    /// Returns why none may be held now, a key of section <c>operator</c> of messages.json; null if one may. What the
    /// institute sends in it would not be published: so never near its own rehearsals, nor near the night.
    /// </summary>
    /// <param name="election">The election, with the rehearsals of the institute alone.</param>
    public static string? Refused(ElectionProfile election, ClockBound? known)
    {
        if (known is not { } bound) return "simulacro-no-time";
        var from = (election.FirstCorte < election.Opens ? election.FirstCorte : election.Opens) - AwayFromTheNight;
        if (bound.Latest >= from && bound.Earliest <= election.KeepUntil) return "simulacro-night";
        return election.Rehearsals.Any(
            window => bound.Latest >= window.From - AwayFromTheInstitute && bound.Earliest < window.To)
            ? "simulacro-institute" : null;
    }
}
