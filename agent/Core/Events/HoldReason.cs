using System.Text.Json.Serialization;

namespace Difusor.Agent.Events;

/// <summary>
/// Why a release, or a root, is not published now. The first five are the gate's own (<see cref="GateReason"/>), in its
/// order.
/// </summary>
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

public static class HoldReasons
{
    static readonly string[] Texts = [.. Enum.GetNames<HoldReason>().Select(KebabCase.Of)];

    /// <summary>Returns the code used in events, JSON and <c>--waive</c>.</summary>
    public static string Code(this HoldReason reason) => Texts[(int)reason];

    /// <summary>Returns the gate's reason as a reason to hold.</summary>
    public static HoldReason Hold(this GateReason reason) => (HoldReason)reason;

    /// <summary>Returns the gate's reason; null if something other than the gate holds it.</summary>
    public static GateReason? Gate(this HoldReason reason) =>
        reason <= HoldReason.BeforeOpening ? (GateReason)reason : null;
}
