using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// SELinux: what lies where another service works needs a label with which that service may work there. The kernel's
/// policy decides, so a label is wrong only if that says so, or if nobody could ask and there is no label at all.
/// </summary>
static class LabelRules
{
    public static IEnumerable<ConformityRow> Rows(HostFacts host)
    {
        var site = Of(LabelUse.Site);
        if (host.SELinux.Hidden is { } why) return [site.Unseen(why)];
        if (host.SELinux.Seen is not { } contexts) return [site.Pass(new Said("check.selinux-none"))];
        return contexts.Labels.GroupBy(label => label.Use).Select(labels => Row(host, contexts, [.. labels]));
    }

    /// <summary>
    /// Returns the command that gives rsyslog's socket its place back, where SELinux keeps rsyslog from making it; null
    /// where it does not.
    /// </summary>
    public static string? SocketMend(HostFacts host) =>
        host.SELinux.Seen is { Enforcing: true } contexts
        && contexts.Labels.FirstOrDefault(label => label.Use == LabelUse.Socket && IsAllowed(label) == false)
            is { } wrong ? Command(host, wrong) : null;

    static Clause Of(LabelUse use) => use switch
    {
        LabelUse.Site => new Clause("selinux"),
        LabelUse.Page => new Clause("selinux-page"),
        LabelUse.Drop => new Clause("selinux-drop"),
        LabelUse.Socket => new Clause("selinux-syslog"),
        LabelUse.Agent => new Clause("selinux-agent"),
    };

    static ConformityRow Row(HostFacts host, SecurityContexts contexts, LabelFact[] labels)
    {
        var (use, clause) = (labels[0].Use, Of(labels[0].Use));
        var worst = labels.MinBy(label => IsAllowed(label) switch { false => 0, null => 1, true => 2 })!;
        Said Found(string what) => new($"check.{what}", ("path", worst.Path), ("type", worst.Type));
        var command = Command(host, worst);
        return IsAllowed(worst) switch
        {
            true => clause.Pass(Found(use == LabelUse.Agent ? "selinux-agent-right" : "selinux-right")),
            null => clause.ByHand(Found("selinux-unknown"), command: command),
            false => contexts.Enforcing ? clause.Fail(Found($"{clause.Id}-other"), command: command)
                : clause.Warn(Found($"{clause.Id}-other"), command: command),
        };
    }

    /// <summary>
    /// Returns what the kernel has answered; else what is known of the type in the policies of Debian and Red Hat. Null
    /// if that is nothing.
    /// </summary>
    static bool? IsAllowed(LabelFact label) => label.Allowed ?? (label.Type == LabelFact.None ? false
        : Known(label.Use).Contains(label.Type) ? true : null);

    static string[] Known(LabelUse use) => use switch
    {
        LabelUse.Site or LabelUse.Page =>
            ["httpd_sys_content_t", "httpd_sys_rw_content_t", "public_content_t", "public_content_rw_t", "var_lib_t"],
        LabelUse.Drop => ["sshd_tmp_t", "public_content_rw_t"],
        LabelUse.Socket => ["syslogd_runtime_t", "syslogd_var_run_t", "syslogd_var_lib_t"],
        LabelUse.Agent => ["initrc_t", "unconfined_service_t"],
    };

    static string Command(HostFacts host, LabelFact label)
    {
        string Labelled(string type) =>
            $"semanage fcontext -a -t {type} '{label.Rule}(/.*)?' && restorecon -R {label.Path}";
        return label.Use switch
        {
            LabelUse.Site or LabelUse.Page => Labelled("httpd_sys_content_t"),
            LabelUse.Drop => Labelled(host.System.Either("sshd_tmp_t", "public_content_rw_t")),
            LabelUse.Socket => Labelled(host.System.Either("syslogd_runtime_t", "syslogd_var_lib_t"))
                + " && systemctl restart rsyslog",
            LabelUse.Agent => $"restorecon -RF {label.Path} && systemctl restart 'difusor-agent*'",
        };
    }
}
