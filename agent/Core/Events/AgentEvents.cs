using System.Text.Json.Serialization;

namespace Difusor.Agent.Events;

/// <summary>The agent has started.</summary>
/// <param name="Election">The profile's id.</param>
/// <param name="Previous">How the last run ended; null if there was none.</param>
/// <param name="PreviousFault">What an unforeseen error of the last run left behind, on one line.</param>
/// <param name="InHand">The deliveries that the last run had in hand when it ended.</param>
/// <param name="Published">The corte that is live.</param>
/// <param name="JournalSetAside">Where the unreadable end of the journal is kept.</param>
/// <param name="JournalProblem">What was wrong with the journal.</param>
public sealed record AgentStarted(
    string Version, string Election, int Pid, RunEnd? Previous, string? PreviousFault, IReadOnlyList<string>? InHand,
    Corte? Published,
    string? JournalSetAside, string? JournalProblem) : AgentEvent(EventCode.AgentStarted)
{
    [JsonIgnore]
    public override Severity Severity =>
        Previous == RunEnd.Ended || JournalProblem is not null ? Severity.Warning : base.Severity;
}

/// <summary>The agent has stopped normally.</summary>
/// <param name="Cause">The signal's name, or <c>host</c>.</param>
/// <param name="Published">The corte that stays live.</param>
public sealed record AgentStopped(string Cause, Corte? Published) : AgentEvent(EventCode.AgentStopped);

/// <summary>A changed configuration is in force.</summary>
/// <param name="Changed">The keys whose values have changed.</param>
public sealed record ConfigReloaded(string File, IReadOnlyList<string> Changed) : AgentEvent(EventCode.ConfigReloaded);

/// <summary>A changed configuration is refused; the old one stays in force.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="OpensChanged">Whether it would move the opening.</param>
public sealed record ConfigRejected(string File, int? Line, int? Column, string Problem, bool? OpensChanged)
    : AgentEvent(EventCode.ConfigRejected)
{
    [JsonIgnore]
    public override Severity Severity => OpensChanged == true ? Severity.Alert : base.Severity;
}

/// <summary>The configuration on disk is not the one in force, and nobody has had it read.</summary>
/// <param name="Line">The line of the error, from 1; null where there is no error, or it has no place.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="Problem">Why a reload would refuse it; null: it would take it.</param>
/// <param name="Changed">The keys whose values have changed; null if it has an error.</param>
public sealed record ConfigChanged(string File, int? Line, int? Column, string? Problem, IReadOnlyList<string>? Changed)
    : AgentEvent(EventCode.ConfigChanged);

/// <summary>An operator has done something by hand, or wanted to.</summary>
/// <param name="Action">The command: <c>activate</c>, <c>publish</c>, <c>withdraw</c>...</param>
/// <param name="Uid">The operator's account, as the kernel reports it.</param>
/// <param name="Name">The account's name.</param>
/// <param name="Waived">Codes of reasons that were there and do not count; null if none had to be waived.</param>
/// <param name="Done">False if the agent refused: then nothing has changed.</param>
/// <param name="Refusal">Why it was refused: the code of the answer that the operator had.</param>
public sealed record OperatorAction(
    string Action, uint Uid, string? Name, string? Reason, string? Package = null, Corte? Corte = null,
    string? Release = null,
    IReadOnlyList<string>? Waived = null, bool? Hold = null, bool? Force = null, bool Done = true,
    string? Refusal = null) : AgentEvent(EventCode.OperatorAction)
{
    [JsonIgnore]
    public override Severity Severity => Done && Waived is { Count: > 0 } ? Severity.Alert : base.Severity;
}

/// <summary>An unforeseen error has occurred; what it affected is set aside, and everything else goes on.</summary>
/// <param name="Step">What was being done: the boundary's name.</param>
/// <param name="Thread">The thread's name.</param>
/// <param name="Kind">The exception's type.</param>
/// <param name="Methods">The methods that were running, the innermost first.</param>
/// <param name="Delivery">The delivery in hand, printable; null if there was none.</param>
/// <param name="Count">How often it has happened since it was last told, this time included.</param>
public sealed record InternalFault(
    string Step, string Thread, [property: JsonPropertyName("fault")] string Kind, string Message, string Methods,
    [property: JsonPropertyName("package")] string? Delivery, int Count) : AgentEvent(EventCode.InternalFault)
{
    /// <summary>Returns it on one line.</summary>
    public override string ToString() =>
        $"INTERNAL_FAULT in {Step} (thread {Thread}{(Delivery is null ? "" : $", {Delivery}")}): {Kind}: {Message} "
            + $"[{Methods}]{(Count > 1 ? $" ({Count} times)" : "")}";
}
