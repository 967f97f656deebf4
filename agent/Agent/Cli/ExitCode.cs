namespace Difusor.Agent.Cli;

/// <summary>The exit code of a command (contract, section 9).</summary>
public enum ExitCode
{
    /// <summary>Yes, or done.</summary>
    Done = 0,
    /// <summary>The answer is no: rejected, chain broken, not compliant, refused.</summary>
    No = 1,
    /// <summary>Bad usage or bad configuration.</summary>
    Usage = 2,
    /// <summary>The environment failed: I/O, permission, network.</summary>
    Environment = 3,
}
