using Difusor.Agent.Gate;

namespace Difusor.Agent.Linux.Ntp;

/// <summary>
/// Asks time servers. GuerrillaNtp would be another implementation, if the registry that this is built from served it.
/// What ours adds: each arrival is stamped on CLOCK_MONOTONIC_RAW, and not by the clock that is under suspicion.
/// <c>NtpSourceTests</c> is the suite that any implementation must pass.
/// </summary>
public interface INtpSource
{
    /// <summary>Asks every server once, and waits about a second at most.</summary>
    /// <returns>One reply for each address that was asked, or for the name if it has no address.</returns>
    NtpPoll Ask();
}
