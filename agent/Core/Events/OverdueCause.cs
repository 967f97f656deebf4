namespace Difusor.Agent.Events;

/// <summary>Why the next corte is late, which shows who causes the delay. The first of several is told.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(Packages.KebabCase<OverdueCause>))]
public enum OverdueCause
{
    /// <summary>It is verified and waits here: for the clock, or because of an operator's hold.</summary>
    Held,
    /// <summary>The drop cannot be read: nobody knows what has arrived.</summary>
    DropUnreadable,
    /// <summary>Nobody can deliver into the drop.</summary>
    DropClosed,
    /// <summary>The agent may not open what arrived.</summary>
    Unreadable,
    /// <summary>What arrived was rejected.</summary>
    Rejected,
    /// <summary>Something is arriving.</summary>
    Arriving,
    /// <summary>What arrives has stopped half-way.</summary>
    Stalled,
    /// <summary>What arrived is set aside, after an error of the agent's own.</summary>
    SetAside,
    /// <summary>What arrived is not a delivery.</summary>
    Ignored,
    /// <summary>What arrived is the published corte again, or an older one.</summary>
    NotNewer,
    /// <summary>What arrived is of a corte whose time has not come.</summary>
    Future,
    /// <summary>The institute has sent nothing.</summary>
    NothingArrived,
    /// <summary>The delay is over.</summary>
    Ended,
}
