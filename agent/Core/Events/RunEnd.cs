namespace Difusor.Agent.Events;

/// <summary>How a run of the agent ended.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(Packages.KebabCase<RunEnd>))]
public enum RunEnd
{
    /// <summary>In good order.</summary>
    Stopped,
    /// <summary>Without a word, and the host went on: out of memory, a crash, SIGKILL, the watchdog.</summary>
    Ended,
    /// <summary>With its host: a reset, a power cut.</summary>
    Rebooted,
}
