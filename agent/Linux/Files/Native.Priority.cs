using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Files;

/// <summary>Lowers the priority of the calling thread alone: setpriority(2) and ioprio_set(2).</summary>
static partial class Native
{
    internal const short PollPriority = 2;
    const int PriorityOfProcess = 0, IoPriorityOfProcess = 1, BestEffortLowest = (2 << 13) | 7;

    /// <summary>
    /// Lets all other threads go first, on the processor and on the disk. If a sandbox forbids it, the thread just
    /// keeps its normal priority.
    /// </summary>
    internal static void GiveWay()
    {
        var thread = gettid();
        _ = setpriority(PriorityOfProcess, thread, 15);
        _ = syscall(Arm ? 30 : 251, IoPriorityOfProcess, thread, BestEffortLowest, 0);
    }

    [LibraryImport("libc")]
    private static partial int gettid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setpriority(int which, int who, int priority);
}
