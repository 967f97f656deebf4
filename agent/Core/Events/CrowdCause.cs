using System.Text.Json.Serialization;

namespace Difusor.Agent.Events;

/// <summary>Why the drop is crowded.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CrowdCause>))]
public enum CrowdCause
{
    /// <summary>It has more entries than are looked at.</summary>
    [JsonStringEnumMemberName("crowd-entries")] Entries,
    /// <summary>Very many deliveries wait for their turn.</summary>
    [JsonStringEnumMemberName("crowd-waiting")] Waiting,
    /// <summary>More verdicts are due than are reported in a minute.</summary>
    [JsonStringEnumMemberName("crowd-verdicts")] Verdicts,
    /// <summary>It has more folders than may be watched.</summary>
    [JsonStringEnumMemberName("crowd-folders")] Folders,
    /// <summary>All deliveries together would keep too much in memory.</summary>
    [JsonStringEnumMemberName("crowd-memory")] Memory,
}
