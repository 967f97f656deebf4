using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Files;

/// <summary>Signals that a parent has had ignored: sigaction(2).</summary>
static unsafe partial class Native
{
    const nint Ignored = 1;
    const int RoomForOne = 256; // struct sigaction, whose first member is the handler with every libc

    /// <summary>
    /// Gives these signals their default back where the parent ignored them (nohup, a shell's trap): a child inherits
    /// that, and .NET
    /// registers nothing for an ignored signal, so that whoever sends one would wait in vain.
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
