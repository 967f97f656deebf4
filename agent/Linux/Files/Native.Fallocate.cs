using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Files;

static partial class Native
{
    internal const int FallocKeepSize = 1;

    /// <summary>
    /// Reserves disk space (fallocate(2)). Mono.Posix has only posix_fallocate, which makes the file longer and writes
    /// zeros where it must.
    /// </summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fallocate(int descriptor, int mode, long offset, long length);
}
