using System.Text.Json.Serialization;

namespace Difusor.Agent.Events;

/// <summary>
/// Why the gate is closed (contract, section 7). Before the opening is proven the first that holds, in this order;
/// afterwards only <see cref="GateReason.ClockDrift"/> closes it.
/// </summary>
public enum GateReason { ClockUnsynchronized, ClockJump, ClockUncertain, ClockDrift, BeforeOpening }

/// <summary>Why a release, or a root, is not published now: a reason of the gate, or one of the rest.</summary>
[JsonConverter(typeof(KebabCase<HoldReason>))]
public enum HoldReason
{
    ClockUnsynchronized,
    ClockJump,
    ClockUncertain,
    ClockDrift,
    BeforeOpening,
    /// <summary>It began in a rehearsal, and was whole only after the rehearsal's end.</summary>
    RehearsalOver,
    /// <summary>Trusted time has not yet shown whether it belongs to a rehearsal.</summary>
    RehearsalUndecided,
    /// <summary>Its corte is in the future.</summary>
    FutureCorte,
    /// <summary>An operator has decided that nothing replaces the live release.</summary>
    OperatorHold,
    /// <summary>Nothing prevents it: it is published at the next turn of the loop.</summary>
    Publishing,
}

public static class GateReasons
{
    static readonly string[] Texts = [.. Enum.GetNames<GateReason>().Select(KebabCase.Of)];

    /// <summary>Returns the code used in JSON, events and <c>--waive</c>.</summary>
    public static string Code(this GateReason reason) => Texts[(int)reason];

    public static GateReason? Named(string code) =>
        Array.IndexOf(Texts, code) is var at and >= 0 ? (GateReason)at : null;

    /// <summary>
    /// Returns whether the reason is about the clock. An operator may waive such a reason from ten minutes after the
    /// opening, but never the opening itself (contract, section 8). The code does not compile if a reason is missing.
    /// </summary>
    public static bool IsOfTheClock(this GateReason reason) => reason switch
    {
        GateReason.ClockUnsynchronized => true,
        GateReason.ClockJump => true,
        GateReason.ClockUncertain => true,
        GateReason.ClockDrift => true,
        GateReason.BeforeOpening => false,
    };

    /// <summary>Returns the reason as a reason to hold. The code does not compile if a reason is missing.</summary>
    public static HoldReason Hold(this GateReason reason) => reason switch
    {
        GateReason.ClockUnsynchronized => HoldReason.ClockUnsynchronized,
        GateReason.ClockJump => HoldReason.ClockJump,
        GateReason.ClockUncertain => HoldReason.ClockUncertain,
        GateReason.ClockDrift => HoldReason.ClockDrift,
        GateReason.BeforeOpening => HoldReason.BeforeOpening,
    };
}

public static class HoldReasons
{
    static readonly string[] Texts = [.. Enum.GetNames<HoldReason>().Select(KebabCase.Of)];

    /// <summary>Returns the code used in events, JSON and <c>--waive</c>.</summary>
    public static string Code(this HoldReason reason) => Texts[(int)reason];

    /// <summary>
    /// Returns the gate's reason of the same code; null if something other than the gate holds it.
    /// </summary>
    public static GateReason? Gate(this HoldReason reason) => GateReasons.Named(reason.Code());
}
