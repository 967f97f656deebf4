using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Files;

static partial class Native
{
    internal const int FallocKeepSize = 1;

    /// <summary>
    /// Sets space aside (fallocate(2)); Mono.Posix has only posix_fallocate, which lengthens the file and writes zeros
    /// where it must.
    /// </summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fallocate(int descriptor, int mode, long offset, long length);
}
