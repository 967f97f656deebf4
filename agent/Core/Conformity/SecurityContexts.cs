namespace Difusor.Agent.Conformity;

/// <param name="Enforcing">Whether SELinux refuses access; otherwise it only logs.</param>
/// <param name="Labels">What matters on this host; what is not there has none.</param>
public sealed record SecurityContexts(bool Enforcing, ImmutableArray<LabelFact> Labels);

/// <summary>Who must be able to work with what is labelled.</summary>
public enum LabelUse
{
    /// <summary>Apache reads the site.</summary>
    Site,
    /// <summary>Apache reads the status page.</summary>
    Page,
    /// <summary>sshd writes what the institute sends.</summary>
    Drop,
    /// <summary>rsyslogd makes its socket for the agent.</summary>
    Socket,
    /// <summary>The agent changes the site and empties the drop. Here the type is that of its process.</summary>
    Agent,
}

/// <param name="Path">The folder that has the label; for the agent, that of its program.</param>
/// <param name="Type">The type in the label: <c>httpd_sys_content_t</c>; <see cref="None"/> without one.</param>
/// <param name="Allowed">Whether the kernel's policy lets whoever must work with it; null if it could not be
/// asked.</param>
public sealed record LabelFact(LabelUse Use, string Path, string Type, bool? Allowed)
{
    public const string None = "?";

    /// <summary>Gets the path as rules of the policy name it: there /run may be /var/run.</summary>
    public string Rule { get; init; } = Path;
}
