using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Notes what modes shut out: the sender from the drop, and the agent from what the sender has left. Both would be met
/// with silence.
/// </summary>
public sealed partial class DropReceiver
{
    /// <summary>The folders within deliveries that the agent may not open.</summary>
    readonly HashSet<RawPath> shut = [];

    readonly Lasting closing, stopping;
    volatile DoorLook? door;

    /// <summary>Sets the account that setup makes for the institute; null: none is known.</summary>
    internal string? Institute { private get; init; }

    /// <summary>Sets the service that opens what comes with narrow modes; null: this host has none.</summary>
    internal OpeningUnit? Unit { private get; init; }

    /// <summary>Gets whether anybody can deliver into the drop; null until it was looked at. Any thread.</summary>
    public DoorLook? Door => door;

    bool IsTree => rules.Settings.Drop.Layout == DropLayout.Tree;

    /// <summary>
    /// Looks whether anybody can deliver, and whether what comes shut is opened. Either counts only once it has lasted:
    /// whoever makes the folder anew makes it root's first and gives it away then, and a service may be restarted.
    /// </summary>
    void LookAtDoor()
    {
        var stopped = Unit?.Stopped();
        var isStopped = stopping.Look(stopped is not null, now.Monotonic);
        var (closed, isClosed) = (door?.Closed, true);
        if (DoorReading.OfHost.Read(rules.Settings.Paths.Drop, Syscall.geteuid(), Institute) is { } read)
        {
            closed = read.Closed();
            isClosed = closing.Look(closed is not null, now.Monotonic);
        }
        // What an earlier run has told is neither over nor told anew before this one knows.
        if (door is null && (closing.IsFresh || stopping.IsFresh)) return;
        door = new DoorLook(isClosed ? closed : null, isStopped ? stopped : null);
    }

    /// <summary>Compares a delivery with what lies in the drop, and notes the folders in it that cannot be
    /// opened.</summary>
    /// <returns>How many files were looked at.</returns>
    int LookInto(Delivery delivery)
    {
        HashSet<RawPath>? found = null;
        var seen = DropLook.Into(delivery, Drop!, rules.Settings, looks.NewNumber(), now, path =>
        {
            if (!ignored.HasRoomFor(path) || Drop!.Identify(path.ToBytes()) is not { } identity) return;
            ignored.Saw(path, IgnoredCause.Unreadable, identity, now.Monotonic);
            (found ??= []).Add(path);
        });
        foreach (var path in shut.Where(path => path.IsIn(delivery.Root) && found?.Contains(path) != true).ToList())
        {
            shut.Remove(path);
            ignored.Forget(path);
        }
        if (found is not null) shut.UnionWith(found);
        return seen;
    }
}
