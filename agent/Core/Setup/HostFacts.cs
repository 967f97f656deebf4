using System.Collections.Immutable;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Setup;

/// <summary>What setup has found on the host.</summary>
public sealed record HostFacts
{
    /// <summary>Debian's sshd does not even test its configuration without it; its unit makes it.</summary>
    public const string SshdFolder = "/run/sshd";

    /// <summary>
    /// Debian's layout (apache2, ssh.service, a2ensite); else Red Hat's (httpd, sshd.service, conf.d).
    /// </summary>
    public required bool Debian { get; init; }
    /// <summary>The texts of the files that setup may touch, by path; what is not there is not in it.</summary>
    public required ImmutableDictionary<string, string> Files { get; init; }
    /// <summary>
    /// Where agent.yaml's keys have their values (<see cref="Reading{T}.Places"/>); null where there is none that
    /// holds.
    /// </summary>
    public IReadOnlyDictionary<string, Position>? Places { get; init; }
    /// <summary>The configuration in effect; null where there is none that holds.</summary>
    public Settings? Settings { get; init; }
    public bool AccountExists { get; init; }
    public bool ApacheInstalled { get; init; }
    /// <summary>Whether Apache starts with the host.</summary>
    public bool ApacheStarts { get; init; }
    public bool SshdInstalled { get; init; }
    /// <summary>No sshd has run since the host was started: only ssh.socket listens (Ubuntu).</summary>
    public bool SshdFolderMissing { get; init; }
    public bool RsyslogDropInExists { get; init; }
    /// <summary>
    /// Apache's modules and sites that are enabled, Debian's layout: <c>ssl</c>, <c>site:difusor-agent</c>.
    /// </summary>
    public ImmutableHashSet<string> Enabled { get; init; } = [];
    /// <summary>Files of a wish that are there: certificate, key.</summary>
    public ImmutableHashSet<string> Present { get; init; } = [];
    /// <summary>Why the certificate and the key that are named cannot serve the site; null: they can.</summary>
    public Said? CertificateProblem { get; init; }
    /// <summary>What the running firewall answers: its rules as text; null where it does not run.</summary>
    public string? Firewalld { get; init; }
    public string? Ufw { get; init; }
    public string SshPort { get; init; } = "22";
    /// <summary>Whether the site's public name leads to an address, so that it can be read back from here.</summary>
    public bool SiteResolves { get; init; }
    /// <summary>Whether readers get results now.</summary>
    public bool Published { get; init; }
    public bool AgentRuns { get; init; }
    public bool SyslogSocketExists { get; init; }

    public string ApacheUnit => Debian ? "apache2.service" : "httpd.service";
    public string SshUnit => Debian ? "ssh.service" : "sshd.service";
}
