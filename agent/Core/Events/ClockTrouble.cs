namespace Difusor.Agent.Events;

/// <summary>
/// Why the bound is not as good as it should be. None of these is a reason by itself once the opening has been proven.
/// </summary>
[System.Text.Json.Serialization.JsonConverter(typeof(Packages.KebabCase<ClockTrouble>))]
public enum ClockTrouble
{
    /// <summary>No server answers.</summary>
    Silent,
    /// <summary>Servers answer, but no majority agrees, or fewer than the quorum.</summary>
    NoMajority,
    /// <summary>They agree, but on an interval that is too wide.</summary>
    Wide,
}
