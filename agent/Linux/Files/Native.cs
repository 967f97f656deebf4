using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// Declares the system calls that Mono.Posix.NETStandard 1.0.0 lacks, one file for each family
/// (<c>Native.Inotify.cs</c>, ...).
/// </summary>
static partial class Native
{
    /// <summary>
    /// Flushes the whole file system that <paramref name="descriptor"/> is on to stable storage (syncfs(2)).
    /// </summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int syncfs(int descriptor);
}
