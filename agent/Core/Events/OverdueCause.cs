namespace Difusor.Agent.Events;

/// <summary>Why the next corte is late, which shows who causes the delay.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(Packages.KebabCase<OverdueCause>))]
public enum OverdueCause
{
    /// <summary>The institute has sent nothing.</summary>
    NothingArrived,
    /// <summary>Something is arriving, or has stopped half-way.</summary>
    Arriving,
    /// <summary>What arrived was rejected.</summary>
    Rejected,
    /// <summary>It is verified and waits here: for the clock, or because of an operator's hold.</summary>
    Held,
    /// <summary>The delay is over.</summary>
    Ended,
}
