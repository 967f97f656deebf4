using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Threads;

/// <summary>
/// Returns memory that a publication, a healing or a large delivery needed, and that an idle agent does not.
/// </summary>
static partial class SpareMemory
{
    /// <summary>Gives unused memory back to the system. All threads stop for some tens of milliseconds.</summary>
    internal static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = malloc_trim(0);
    }

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);
}
