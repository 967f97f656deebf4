using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// A refusal of the operating system: the call, what it was about, and the errno. It is foreseen: callers handle it, or
/// it ends at a boundary (DESIGN.md, Faults).
/// </summary>
public class SystemFault : IOException
{
    public SystemFault(string call, string subject, Errno errno)
        : base($"{call} {subject}: {Describe(errno)} ({errno})")
    {
        Call = call;
        Subject = subject;
        Errno = errno;
    }

    public string Call { get; }
    public string Subject { get; }
    public Errno Errno { get; }

    /// <summary>
    /// Gets why the last system call of this thread failed. Mono's numbers are those of Linux. Stdlib.GetLastError()
    /// would first load its native library, and lose the number by that.
    /// </summary>
    public static Errno LastErrno => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>Returns the fault of the call that has just failed on this thread.</summary>
    public static SystemFault Last(string call, string subject) => new(call, subject, LastErrno);

    /// <summary>Returns the result of a call, and throws where it is negative.</summary>
    /// <exception cref="SystemFault">The call failed.</exception>
    public static int Check(int result, string call, string subject) =>
        result >= 0 ? result : throw Last(call, subject);

    /// <summary>
    /// Gets whether there was no room (ENOSPC, EDQUOT): nothing half-done may stay, and freeing space may help.
    /// </summary>
    public bool IsNoSpace => Errno is Errno.ENOSPC or Errno.EDQUOT;

    static string Describe(Errno errno) => Stdlib.strerror(errno);
}
