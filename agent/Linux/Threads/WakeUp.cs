using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Threads;

/// <summary>Wakes a thread that waits in poll(2), by an eventfd(2).</summary>
sealed unsafe class WakeUp : IDisposable
{
    readonly SafeFileHandle handle = new(
        SystemFault.Check(Native.eventfd(0, Native.InNonBlocking | Native.InCloseOnExec), "eventfd", "wake-up"),
        ownsHandle: true);

    public int Descriptor => (int)handle.DangerousGetHandle();

    public void Set()
    {
        ulong one = 1;
        _ = Native.write(Descriptor, (byte*)&one, sizeof(ulong));
    }

    public void Clear()
    {
        ulong count;
        _ = Native.read(Descriptor, &count, sizeof(ulong));
    }

    /// <summary>Waits until it is set, at most for the given time, and clears it.</summary>
    public void Wait(TimeSpan most)
    {
        var entry = new Native.PollEntry { Descriptor = Descriptor, Events = Native.PollIn };
        // A negative time would mean to wait for ever.
        if (Native.poll(&entry, 1, (int)Math.Clamp(most.TotalMilliseconds, 0, int.MaxValue)) > 0) Clear();
    }

    /// <summary>
    /// Rests for at most the given time. A wake-up ends the rest, and stays set for the code that waits for it.
    /// </summary>
    public void Rest(TimeSpan time)
    {
        var entry = new Native.PollEntry { Descriptor = Descriptor, Events = Native.PollIn };
        _ = Native.poll(&entry, 1, (int)Math.Min(Math.Ceiling(time.TotalMilliseconds), int.MaxValue));
    }

    /// <summary>
    /// Waits until it is set or <paramref name="other"/> (negative: none) has something to read, for at most the given
    /// milliseconds. Clears nothing.
    /// </summary>
    public void WaitBeside(int other, int milliseconds)
    {
        var entries = stackalloc Native.PollEntry[2];
        entries[0] = new() { Descriptor = Descriptor, Events = Native.PollIn };
        entries[1] = new() { Descriptor = other, Events = Native.PollIn };
        _ = Native.poll(entries, other < 0 ? 1u : 2u, milliseconds);
    }

    public void Dispose() => handle.Dispose();
}
