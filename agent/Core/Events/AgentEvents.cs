using System.Text.Json.Serialization;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Events;

/// <summary>The agent has started.</summary>
/// <param name="Election">The profile's id.</param>
/// <param name="Previous">How the last run ended; null: there was none.</param>
/// <param name="PreviousFault">What an error that nobody foresaw left of the last run, on one line.</param>
/// <param name="InHand">The deliveries that the last run had in hand when it ended.</param>
/// <param name="Published">The corte that is live.</param>
/// <param name="JournalSetAside">Where the end of the journal lies that could not be read.</param>
/// <param name="JournalProblem">What was wrong with it.</param>
public sealed record AgentStarted(
    string Version, string Election, int Pid, RunEnd? Previous, string? PreviousFault, IReadOnlyList<string>? InHand,
    Corte? Published,
    string? JournalSetAside, string? JournalProblem) : AgentEvent(EventCode.AgentStarted)
{
    [JsonIgnore]
    public override Severity Severity => Previous == RunEnd.Ended ? Severity.Warning : base.Severity;
}

/// <summary>The agent has stopped in good order.</summary>
/// <param name="Cause">The signal's name, or <c>host</c>.</param>
/// <param name="Published">The corte that stays live.</param>
public sealed record AgentStopped(string Cause, Corte? Published) : AgentEvent(EventCode.AgentStopped);

/// <summary>A changed configuration is in force.</summary>
/// <param name="Changed">The keys whose values are others now.</param>
public sealed record ConfigReloaded(string File, IReadOnlyList<string> Changed) : AgentEvent(EventCode.ConfigReloaded);

/// <summary>A changed configuration is not taken; the old one stays in force.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="OpensChanged">It would move the opening.</param>
public sealed record ConfigRejected(string File, int? Line, int? Column, string Problem, bool? OpensChanged)
    : AgentEvent(EventCode.ConfigRejected)
{
    [JsonIgnore]
    public override Severity Severity => OpensChanged == true ? Severity.Alert : base.Severity;
}

/// <summary>An operator has had something done by hand.</summary>
/// <param name="Action">The command: <c>activate</c>, <c>publish</c>, <c>withdraw</c>...</param>
/// <param name="Uid">Who, as the kernel says.</param>
/// <param name="Name">The account's name.</param>
/// <param name="Waived">Codes of reasons that shall not count.</param>
public sealed record OperatorAction(
    string Action, uint Uid, string? Name, string? Reason, string? Package = null, Corte? Corte = null,
    string? Release = null,
    IReadOnlyList<string>? Waived = null, bool? Hold = null, bool? Force = null) : AgentEvent(EventCode.OperatorAction)
{
    [JsonIgnore]
    public override Severity Severity => Waived is { Count: > 0 } ? Severity.Alert : base.Severity;
}

/// <summary>
/// An error that nobody foresaw has been met; what it touched is set aside, and everything else goes on.
/// </summary>
/// <param name="Step">What was being done: the boundary's name.</param>
/// <param name="Thread">The thread's name.</param>
/// <param name="Kind">The exception's type.</param>
/// <param name="Methods">The methods that were running, the innermost first.</param>
/// <param name="Delivery">Which delivery was in hand, printable; null where none was.</param>
/// <param name="Count">How often it has happened since it was last told, this time included.</param>
public sealed record InternalFault(
    string Step, string Thread, [property: JsonPropertyName("fault")] string Kind, string Message, string Methods,
    [property: JsonPropertyName("package")] string? Delivery, int Count) : AgentEvent(EventCode.InternalFault)
{
    /// <summary>Writes it on one line.</summary>
    public override string ToString() =>
        $"INTERNAL_FAULT in {Step} (thread {Thread}{(Delivery is null ? "" : $", {Delivery}")}): {Kind}: {Message} "
            + $"[{Methods}]{(Count > 1 ? $" ({Count} times)" : "")}";
}
