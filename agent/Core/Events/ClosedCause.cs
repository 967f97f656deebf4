using System.Text.Json.Serialization;

namespace Difusor.Agent.Events;

/// <summary>Why nobody can deliver into the drop.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClosedCause>))]
public enum ClosedCause
{
    /// <summary>Owner, group, mode and access list let only root and the agent write.</summary>
    [JsonStringEnumMemberName("closed-no-writing")] NoWriting,
    /// <summary>A folder above lets those who deliver not pass.</summary>
    [JsonStringEnumMemberName("closed-no-entry")] NoEntry,
    /// <summary>Its file system is mounted read-only.</summary>
    [JsonStringEnumMemberName("closed-read-only")] ReadOnly,
    /// <summary>It has the flag "immutable" (chattr(1)).</summary>
    [JsonStringEnumMemberName("closed-immutable")] Immutable,
}
