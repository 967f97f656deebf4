using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Files;

/// <summary>Restores signals that the parent process ignored: sigaction(2).</summary>
static unsafe partial class Native
{
    const nint Ignored = 1;
    const int RoomForOne = 256; // struct sigaction; its first member is the handler in every libc

    /// <summary>
    /// Gives these signals their default action back where the parent ignored them (nohup, a shell's trap). A child
    /// inherits that, and .NET registers nothing for an ignored signal, so such a signal would have no effect.
    /// </summary>
    internal static void HearAgain(params ReadOnlySpan<Signum> signals)
    {
        var known = stackalloc byte[RoomForOne];
        foreach (var signal in signals)
        {
            if (sigaction(NativeConvert.FromSignum(signal), null, known) != 0 || *(nint*)known != Ignored) continue;
            new Span<byte>(known, RoomForOne).Clear();
            _ = sigaction(NativeConvert.FromSignum(signal), known, null);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sigaction(int signal, void* action, void* old);
}
