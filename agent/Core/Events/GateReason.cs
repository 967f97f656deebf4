namespace Difusor.Agent.Events;

/// <summary>Why nothing new may be published: the closed set of the contract's section 7, in its order.</summary>
public enum GateReason { ClockUnsynchronized, ClockJump, ClockUncertain, ClockDrift, BeforeOpening }

public static class GateReasons
{
    static readonly string[] Texts =
        ["clock-unsynchronized", "clock-jump", "clock-uncertain", "clock-drift", "before-opening"];

    /// <summary>Returns the code used in JSON, events and <c>--waive</c>.</summary>
    public static string Code(this GateReason reason) => Texts[(int)reason];

    public static GateReason? Named(string code) =>
        Array.IndexOf(Texts, code) is var at and >= 0 ? (GateReason)at : null;

    /// <summary>
    /// Returns whether the reason is about the clock. An operator may waive such a reason from ten minutes after the
    /// opening, but never the opening itself (contract, section 8).
    /// </summary>
    public static bool IsOfTheClock(this GateReason reason) => reason != GateReason.BeforeOpening;
}
