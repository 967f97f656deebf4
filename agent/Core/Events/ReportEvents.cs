using System.Text.Json.Serialization;

namespace Difusor.Agent.Events;

/// <summary>A syslog target has taken nothing for a minute.</summary>
/// <param name="Error">What it answers.</param>
/// <param name="Pending">How many records of the journal it has not got.</param>
/// <param name="Seconds">For how long it has taken nothing; null in journals of earlier versions.</param>
public sealed record SyslogFailed(string Target, string Error, long? Pending, double? Seconds = null)
    : AgentEvent(EventCode.SyslogFailed);

/// <summary>A syslog target takes messages again.</summary>
/// <param name="Seconds">For how long it took nothing.</param>
public sealed record SyslogRecovered(string Target, double? Seconds) : AgentEvent(EventCode.SyslogRecovered);

/// <summary>The notify command could not deliver its notice.</summary>
/// <param name="Error">How it ended, and the beginning of its errors.</param>
public sealed record NotifyFailed(string Error) : AgentEvent(EventCode.NotifyFailed);

/// <summary>A trouble is over, and no event of its own says so.</summary>
/// <param name="Began">The MSGID of the event that showed its state last.</param>
/// <param name="Subject">What it was about, where there may be several: a probe's URL, a syslog target.</param>
/// <param name="Seconds">How long it lasted.</param>
public sealed record TroubleEnded(
    Trouble Trouble, string Began, string? Subject, TroubleEndCause Cause, double? Seconds)
    : AgentEvent(EventCode.TroubleEnded);

/// <summary>Why a trouble is over.</summary>
[JsonConverter(typeof(KebabCase<TroubleEndCause>))]
public enum TroubleEndCause
{
    /// <summary>An hour has passed without another one.</summary>
    HourPassed,
    /// <summary>What it was about is not there any more.</summary>
    Gone,
    /// <summary>An earlier run has told it, and this one has not met it.</summary>
    NotMetAgain,
    /// <summary>What it was about is not configured any more.</summary>
    Unconfigured,
    /// <summary>A message has been delivered.</summary>
    Delivered,
    /// <summary>Everything published was hashed, and is what was sealed.</summary>
    FoundIntact,
}
