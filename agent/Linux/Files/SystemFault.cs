using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// What the operating system refused: the call, what it was about, and the errno. Caught once, at the boundary.
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
    /// Why the last system call of this thread failed. Mono's numbers are Linux's own; Stdlib.GetLastError() would load
    /// its native library first, and lose the number to that.
    /// </summary>
    public static Errno LastErrno => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>The fault of the call that has just failed on this thread.</summary>
    public static SystemFault Last(string call, string subject) => new(call, subject, LastErrno);

    /// <summary>Throws where a call has returned a negative number.</summary>
    public static int Check(int result, string call, string subject) =>
        result >= 0 ? result : throw Last(call, subject);

    /// <summary>No room: nothing by halves may stay, and freeing space may help.</summary>
    public bool IsNoSpace => Errno is Errno.ENOSPC or Errno.EDQUOT;

    static string Describe(Errno errno) => Stdlib.strerror(errno);
}
