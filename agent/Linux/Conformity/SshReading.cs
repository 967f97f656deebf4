using System.Text.RegularExpressions;
using Difusor.Agent.Conformity;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Conformity;

/// <summary>Reads sshd's own description of its settings, for the account that owns the drop.</summary>
sealed partial class SshReading(HostTree tree, BoundedProgram programs, bool isRoot)
{
    const int DefaultPort = 22;

    /// <summary>
    /// Returns what this host's sshd says of itself; null if there is none. Ask again after the changes of setup: some
    /// versions say nothing until its folder in /run has been made.
    /// </summary>
    public static SshServer? OfHost() =>
        new SshReading(new HostTree("/"), BoundedProgram.OfHost(), isRoot: true).Read().Seen;

    public Fact<SshServer> Read()
    {
        if (programs.Find("sshd") is null) return null;
        // sshd -V exists only since 9.2; older versions report an error that still names the version.
        var said = programs.Run("sshd", "-V");
        var version = Version().Match($"{said?.Errors}{said?.Output}");
        var settings = Effective(programs) is { Succeeded: true } whole ? new SshdSettings("", whole.Output, null)
            : null;
        var ports = Sockets();
        if (ports.Count == 0) ports = settings is null ? [DefaultPort] : [.. settings.Ports];
        return new SshServer(version.Success ? version.Value : "OpenSSH", ports)
        {
            HostKeys = settings is null ? [] : HostKeys(settings),
        };
    }

    /// <summary>
    /// Returns the ports where systemd listens for sshd, whatever sshd's own settings say; none where sshd listens.
    /// </summary>
    IReadOnlyList<int> Sockets() =>
        programs.Run("systemctl", "show", "-p", "ActiveState", "-p", "Listen", "ssh.socket", "sshd.socket")
            is { Succeeded: true } shown ? SocketUnits.Ports(shown.Output) : [];

    /// <summary>Returns the fingerprints of sshd's keys; anybody may read their public halves.</summary>
    ImmutableArray<string> HostKeys(SshdSettings settings) =>
        [.. settings.HostKeyFiles.Select(path => SshHostKey.Fingerprint(tree.Head(path + ".pub"))).OfType<string>()];

    /// <param name="account">The institute's account; null if the drop has no owner of its own.</param>
    public Fact<SshdSettings> For(string? account)
    {
        if (account is null || programs.Find("sshd") is null) return null;
        var answer = Effective(programs, "-C", $"user={account},host=localhost,addr=127.0.0.1");
        if (answer is { Succeeded: true }) return new SshdSettings(account, answer.Output, tree.HomeOf(account));
        return new Fact<SshdSettings>(null, isRoot
            ? new Said("check.hidden-fault", ("what", "sshd -T"), ("fault", answer?.FirstLine ?? ""))
                : HostTree.NeedsRoot("sshd -T"));
    }

    /// <summary>
    /// Returns sshd's settings in effect. <c>-T</c> needs a folder in /run that sshd's unit makes, so it fails if only
    /// ssh.socket listens and no connection has come yet (Ubuntu); <c>-G</c>, since 9.3, does not need it.
    /// </summary>
    internal static ProgramAnswer? Effective(BoundedProgram programs, params IReadOnlyList<string> match)
    {
        var tested = programs.Run("sshd", ["-T", .. match]);
        return tested is { Succeeded: false } && programs.Run("sshd", ["-G", .. match]) is { Succeeded: true } parsed
            ? parsed : tested;
    }

    [GeneratedRegex(@"OpenSSH_[0-9][^ ,\t\r\n]{0,64}")]
    private static partial Regex Version();
}
