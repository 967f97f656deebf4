using Difusor.Agent.Gate;

namespace Difusor.Agent.Drop;

/// <summary>One delivery in progress, for <c>status</c>.</summary>
/// <param name="Waits">Whether it waits for its turn.</param>
public sealed record DeliveryProgress(
    string Delivery, DeliveryState State, int Files, long Bytes, ClockReading FirstSeen, ClockReading LastByte,
    bool Waits = false);
