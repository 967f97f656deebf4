namespace Difusor.Agent.Events;

/// <summary>
/// Why the bound is not as good as it should be: none of them is a reason by itself once the opening has been proven.
/// </summary>
[System.Text.Json.Serialization.JsonConverter(typeof(Packages.KebabCase<ClockTrouble>))]
public enum ClockTrouble
{
    /// <summary>No server answers.</summary>
    Silent,
    /// <summary>Servers answer and no majority, or fewer than the quorum, agree.</summary>
    NoMajority,
    /// <summary>They agree, on too wide an interval.</summary>
    Wide,
}
