using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Night;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Holds the drop open and watches it, and posts when it cannot be read and when it can again. Only the receiving
/// thread uses it; workers may go on reading through the <see cref="Folder"/> that they were given.
/// </summary>
/// <param name="least">How long a refusal must last to be told: whoever mends the drop shuts it for a moment.</param>
sealed class OpenDrop(Action<Signal> post, TimeSpan least) : IDisposable
{
    readonly Lasting refusal = new(least);
    bool isUnreadable;

    /// <summary>Gets the drop; null while it is not open.</summary>
    public SafeFolder? Folder { get; private set; }

    /// <summary>Gets what reports changes in it; null while it is not open.</summary>
    public DropWatch? Watch { get; private set; }

    /// <summary>Opens the drop, and watches it from the start if it is another folder by now.</summary>
    /// <returns>False where it cannot be opened.</returns>
    public bool Open(Settings settings, WatchAllowance watches)
    {
        SafeFolder opened;
        try { opened = SafeFolder.Open(settings.Paths.Drop); }
        catch (SystemFault fault)
        {
            Fail(fault);
            return false;
        }
        if (opened.IsShut)
        {
            opened.Dispose();
            Fail(new SystemFault("open", settings.Paths.Drop, Errno.EACCES));
            return false;
        }
        if (isUnreadable) post(new DropUnreadable(null));
        isUnreadable = refusal.Look(false, HostClock.Monotonic());
        var (found, known) = (opened.Identity, Folder?.Identity);
        if (Folder is not null && Watch is { IsBlind: false } && found.Inode == known?.Inode
            && found.Device == known?.Device)
        {
            opened.Dispose();
            return true;
        }
        Close();
        Folder = opened;
        // Watch first, look afterwards: this way no change falls between the two.
        Watch = new DropWatch(opened, settings.Limits.PathDepth + 2, watches);
        return true;
    }

    /// <summary>Closes the drop because it cannot be read, and posts that once.</summary>
    public void Fail(SystemFault fault)
    {
        Close();
        var lasts = refusal.Look(true, HostClock.Monotonic());
        if (isUnreadable || (IsRefusal(fault) && !lasts)) return;
        post(new DropUnreadable(fault));
        isUnreadable = true;
    }

    /// <summary>Returns whether a fault is about rights, or the folder's absence, and not the disk's.</summary>
    static bool IsRefusal(SystemFault fault) => fault.Errno is Errno.EACCES or Errno.EPERM or Errno.ENOENT;

    /// <summary>
    /// Closes the drop. Workers may still read through the folder, so its handle closes once none of them uses it.
    /// </summary>
    public void Close()
    {
        Watch?.Dispose();
        (Watch, Folder) = (null, null);
    }

    public void Dispose()
    {
        Folder?.Dispose();
        Close();
    }
}
