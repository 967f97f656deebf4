namespace Difusor.Agent.Events;

/// <summary>How a run of the agent ended.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(Packages.KebabCase<RunEnd>))]
public enum RunEnd
{
    /// <summary>It stopped normally.</summary>
    Stopped,
    /// <summary>
    /// It ended without notice while the host went on: out of memory, a crash, SIGKILL, the watchdog.
    /// </summary>
    Ended,
    /// <summary>It ended with its host: a reset, a power cut.</summary>
    Reboot,
}
