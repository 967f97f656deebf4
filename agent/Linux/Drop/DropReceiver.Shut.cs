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

    /// <summary>Whether the look before this one has found the drop closed.</summary>
    bool wasClosed;
    volatile DoorLook? door;

    /// <summary>Sets the account that setup makes for the institute; null: none is known.</summary>
    internal string? Institute { private get; init; }

    /// <summary>Gets whether anybody can deliver into the drop; null until it was looked at. Any thread.</summary>
    public DoorLook? Door => door;

    bool IsTree => rules.Settings.Drop.Layout == DropLayout.Tree;

    /// <summary>
    /// Looks whether anybody can deliver. It counts as closed only at the second look: whoever makes the folder anew
    /// makes it root's first, and gives it away then.
    /// </summary>
    void LookAtDoor()
    {
        if (DoorReading.OfHost.Read(rules.Settings.Paths.Drop, Syscall.geteuid(), Institute) is not { } read) return;
        var closed = read.Closed();
        if (closed is null || wasClosed) door = new DoorLook(closed);
        wasClosed = closed is not null;
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
