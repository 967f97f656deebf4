using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Setup;

/// <summary>What setup has found on the host.</summary>
public sealed record HostFacts
{
    /// <summary>Without this folder Debian's sshd does not even test its configuration; its unit creates it.</summary>
    public const string SshdFolder = "/run/sshd";

    /// <summary>
    /// Gets whether the layout is Debian's (apache2, ssh.service, a2ensite); otherwise it is Red Hat's (httpd,
    /// sshd.service, conf.d).
    /// </summary>
    public required bool Debian { get; init; }
    /// <summary>Gets the texts of the files that setup may change, by path, without those that do not exist.</summary>
    public required ImmutableDictionary<string, string> Files { get; init; }
    /// <summary>
    /// Gets the positions of the values in agent.yaml (<see cref="Reading{T}.Places"/>); null if there is no valid
    /// file.
    /// </summary>
    public IReadOnlyDictionary<string, Position>? Places { get; init; }
    /// <summary>Gets the configuration in effect; null if there is no valid one.</summary>
    public Settings? Settings { get; init; }
    /// <summary>Gets this host's time, which says whether an election is over.</summary>
    public required DateTimeOffset Now { get; init; }
    /// <summary>
    /// Gets the election that the wish names, or else the configuration; null if there is none, or it cannot be read.
    /// </summary>
    public ElectionProfile? Election { get; init; }
    /// <summary>Gets why the named election cannot be used; null if it can, or none is named.</summary>
    public ConfigProblem? ElectionProblem { get; init; }
    /// <summary>Gets the ids of the elections that ship.</summary>
    public ImmutableArray<string> Elections { get; init; } = [];
    public bool AccountExists { get; init; }
    public bool ApacheInstalled { get; init; }
    /// <summary>Gets whether Apache takes the flag UnsafeAllow3F, without which it may refuse <c>%3F</c>.</summary>
    public bool ApacheTakesAllow3F { get; init; }
    /// <summary>Gets whether Apache starts at boot.</summary>
    public bool ApacheStarts { get; init; }
    public bool SshdInstalled { get; init; }
    /// <summary>
    /// Gets whether no sshd has run since boot, so that the folder is missing: only ssh.socket listens (Ubuntu).
    /// </summary>
    public bool SshdFolderMissing { get; init; }
    public bool RsyslogDropInExists { get; init; }
    /// <summary>
    /// Gets Apache's enabled modules and sites in Debian's layout: <c>ssl</c>, <c>site:difusor-agent</c>.
    /// </summary>
    public ImmutableHashSet<string> Enabled { get; init; } = [];
    /// <summary>Gets which of the files that a wish names exist: certificate, key.</summary>
    public ImmutableHashSet<string> Present { get; init; } = [];
    /// <summary>Gets why the named certificate and key cannot serve the site; null if they can.</summary>
    public Said? CertificateProblem { get; init; }
    /// <summary>Gets the rules of firewalld as text; null if it does not run. <c>Ufw</c> is the same for ufw.</summary>
    public string? Firewalld { get; init; }
    public string? Ufw { get; init; }
    public string SshPort { get; init; } = "22";
    /// <summary>Gets whether the site's public name resolves, so that the site can be probed from here.</summary>
    public bool SiteResolves { get; init; }
    /// <summary>Gets whether readers get results now.</summary>
    public bool Published { get; init; }
    public bool AgentRuns { get; init; }
    /// <summary>Gets whether the agent starts with the host.</summary>
    public bool AgentStarts { get; init; }
    public bool SyslogSocketExists { get; init; }

    public string ApacheUnit => Debian ? "apache2.service" : "httpd.service";
    public string SshUnit => Debian ? "ssh.service" : "sshd.service";
}
