using System.Text.Json.Serialization;
using Difusor.Agent.Packages;

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
    /// <summary>It began in a rehearsal, and was whole only after its end.</summary>
    RehearsalOver,
    /// <summary>Trusted time has not told yet whether it belongs to a rehearsal.</summary>
    RehearsalUndecided,
    /// <summary>Its corte lies in the future.</summary>
    FutureCorte,
    /// <summary>An operator has said that nothing replaces what is live.</summary>
    OperatorHold,
    /// <summary>Nothing stands in its way: it goes out at the next turn of the loop.</summary>
    Publishing,
}

public static class HoldReasons
{
    static readonly string[] Texts = [.. Enum.GetNames<HoldReason>().Select(KebabCase.Of)];

    /// <summary>Returns the code in events, JSON and <c>--waive</c>.</summary>
    public static string Code(this HoldReason reason) => Texts[(int)reason];

    /// <summary>Returns the gate's reason as a reason to hold.</summary>
    public static HoldReason Hold(this GateReason reason) => (HoldReason)reason;

    /// <summary>Returns the gate's reason; null where something else holds it.</summary>
    public static GateReason? Gate(this HoldReason reason) =>
        reason <= HoldReason.BeforeOpening ? (GateReason)reason : null;
}
