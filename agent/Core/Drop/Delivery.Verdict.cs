namespace Difusor.Agent.Drop;

/// <summary>Decides when it is time for a verdict.</summary>
public sealed partial class Delivery
{
    /// <summary>Returns whether to make a verdict at this instant, and why.</summary>
    public Occasion Next(long now)
    {
        if (State is DeliveryState.Judging or DeliveryState.Judged || files.Count == 0 || IsShort || GivesWay)
            return Occasion.None;
        var ripeness = patience.At(LastByte.Monotonic, now);
        if (Excess is not null)
            return reading == 0 && (unsettled == 0 || ripeness != Ripeness.Moving) ? Occasion.Last : Occasion.None;
        if (last || ripeness == Ripeness.GivenUp)
        {
            // The writer will not close the file any more: read it as it is.
            if (open > 0) Forgot();
            return unsettled > 0 ? Occasion.None : Occasion.Last;
        }
        if (unsettled > 0 && open == 0) return Occasion.None;
        if (open == 0 && !triedWhole && (showsItsEnd || fulfilment.LooksWhole)) return Occasion.Whole;
        if (ripeness == Ripeness.Moving || triedQuiet) return Occasion.None;
        if (open > 0) PassOverForgotten();
        return open > 0 ? Occasion.QuietButOpen : unsettled > 0 ? Occasion.None : Occasion.Quiet;
    }

    /// <summary>Returns when to ask <see cref="Next"/> again if nothing happens before.</summary>
    public long Deadline(long now)
    {
        if (State is DeliveryState.Judging or DeliveryState.Judged || files.Count == 0 || IsShort || GivesWay)
            return long.MaxValue;
        // A stalled delivery that gave up its place is staged again when the agent gives up waiting for it.
        if (unsettled > 0 && open == 0 && Excess is null && State != DeliveryState.Stalled && !isSetAside)
            return long.MaxValue;
        return patience.Until(patience.At(LastByte.Monotonic, now), LastByte.Monotonic);
    }

    public void BeginJudging(Occasion occasion)
    {
        State = DeliveryState.Judging;
        if (occasion == Occasion.Whole) triedWhole = true;
        else triedQuiet = true;
    }

    /// <summary>Records that there is no verdict yet: the delivery goes on arriving, or has stalled.</summary>
    /// <returns>Whether it has stalled for the first time.</returns>
    public bool Resume(bool stalled)
    {
        State = stalled ? DeliveryState.Stalled : DeliveryState.Arriving;
        if (stalled) triedQuiet = true;
        var first = stalled && !HasStalled;
        HasStalled |= stalled;
        return first;
    }

    /// <summary>Stops waiting for a stalled delivery.</summary>
    public void GiveUp() => last = true;

    public void Close() => State = DeliveryState.Judged;
}
