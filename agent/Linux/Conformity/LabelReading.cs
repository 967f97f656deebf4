using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using SetupInstance = Difusor.Agent.Setup.SetupInstance;

namespace Difusor.Agent.Linux.Conformity;

/// <summary>Reads the SELinux labels of what other services work with, and asks the kernel whether they may.</summary>
sealed class LabelReading(HostTree tree, Configured configured, bool isDebian)
{
    const string Program = "/usr/libexec/difusor-agent";
    static readonly string[] Write = ["write", "add_name", "remove_name", "search"];

    readonly PolicyReading policy = new(tree);

    /// <param name="pid">The running agent's; null if none runs.</param>
    public Fact<SecurityContexts> Read(int? pid)
    {
        if (tree.Text("/sys/fs/selinux/enforce").Seen is not { } enforce) return null;
        var paths = configured.Settings.Paths;
        var (apache, syslog, sshd) = (Domain("apache2", "httpd"), Domain("rsyslogd"), Domain("sshd"));
        var labels = new List<LabelFact>();
        labels.AddRange(Label(LabelUse.Site, $"{paths.State}/public", label => Reads(apache, label)));
        labels.AddRange(Label(LabelUse.Page, $"{paths.Run}/page", label => Reads(apache, label)));
        // Red Hat's sshd takes the domain of who has logged in, which nothing confines.
        if (isDebian) labels.AddRange(Label(LabelUse.Drop, paths.Drop, label =>
            Both(policy.Allows(sshd, label, "dir", [.. Write, "create"]),
                policy.Allows(sshd, label, "file", "create", "write", "setattr", "rename", "unlink"))));
        if (SetupInstance.Of(configured.File)?.SyslogSocket is { } socket
            && configured.Settings.Syslog.All.Contains($"unix:{socket}"))
            labels.AddRange(Label(LabelUse.Socket, Path.GetDirectoryName(socket)!, label =>
                Both(policy.Allows(syslog, label, "dir", Write), policy.Allows(syslog, label, "sock_file", "create"))));
        if (pid is { } agent && tree.ContextOf(agent) is { } domain)
            labels.Add(new LabelFact(LabelUse.Agent, Program, Type(domain), Works(domain, paths)));
        return new SecurityContexts(enforce.Trim() == "1", [.. labels]);
    }

    /// <summary>Returns the label of a folder; nothing where there is no such folder.</summary>
    IEnumerable<LabelFact> Label(LabelUse use, string path, Func<string, bool?> asked)
    {
        if (tree.Folder(path).Seen is null) yield break;
        if (Context(path) is { } context)
            yield return new LabelFact(use, path, Type(context), asked(context)) { Rule = Rule(path) };
        // Only what the public reads is worth an alarm by that alone: a file system without labels has one for all.
        else if (use == LabelUse.Site) yield return new LabelFact(use, path, LabelFact.None, null);
    }

    bool? Reads(string? domain, string label) =>
        Both(policy.Allows(domain, label, "dir", "search"), policy.Allows(domain, label, "file", "open", "read"));

    /// <summary>Returns whether the agent may replace <c>current</c> and take deliveries away.</summary>
    bool? Works(string domain, PathSettings paths) => Both(
        Context($"{paths.State}/public") is { } site
            ? Both(policy.Allows(domain, site, "dir", Write),
                policy.Allows(domain, site, "lnk_file", "create", "rename"))
            : null,
        Context(paths.Drop) is { } drop ? policy.Allows(domain, drop, "dir", "read", "write", "remove_name") : null);

    static bool? Both(bool? one, bool? other) => one is false || other is false ? false : one is null ? null : other;

    string? Domain(params string[] names) => tree.ProcessesNamed(names).Select(tree.ContextOf).FirstOrDefault();

    string? Context(string path) => Syscall.getxattr(tree.At(path), "security.selinux", out var context) >= 0
        && Encoding.ASCII.GetString(context).TrimEnd('\0') is var text && text.Split(':').Length > 3 ? text : null;

    static string Type(string context) => context.Split(':')[2];

    /// <summary>Returns a path as semanage takes it: Red Hat's policy has /run by its older name.</summary>
    string Rule(string path) => path.StartsWith("/run/", StringComparison.Ordinal)
        && (tree.Text("/etc/selinux/targeted/contexts/files/file_contexts.subs_dist").Seen ?? "").Split('\n')
            .Any(line => line.StartsWith("/run /var/run", StringComparison.Ordinal)) ? "/var" + path : path;
}
