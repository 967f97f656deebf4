using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>The rows about SELinux: each label refused, not asked for, not there.</summary>
public sealed partial class CheckTableTests
{
    static (string Name, HostFacts Host, Configured Configured)[] SELinuxCases =>
    [
        ("SELinux refuses Apache", Good with { SELinux = Labelled(false, LabelUse.Site, LabelUse.Page) }, Set),
        ("SELinux refuses the others",
            Good with
            {
                SELinux = Labelled(false, LabelUse.Drop, LabelUse.Socket, LabelUse.Agent),
                Syslog = Good.Syslog with { Deaf = "unix:/var/lib/difusor-syslog/dev/log", Rsyslog = UnitState.There },
            }, Set),
        ("SELinux on Red Hat",
            Good with
            {
                System = OsRelease.Read("ID=rhel\nVERSION_ID=9.4\n"),
                SELinux = Labelled(false, LabelUse.Drop, LabelUse.Socket),
            }, Set),
        ("SELinux only logs",
            Good with
            {
                SELinux = Labelled(false, Enum.GetValues<LabelUse>()).Seen! with { Enforcing = false },
            }, Set),
        ("SELinux not asked", Good with { SELinux = Alone("var_lib_t") }, Set),
        ("SELinux not asked, of a type that nobody knows", Good with { SELinux = Alone("tmp_t") }, Set),
        ("SELinux without a label", Good with { SELinux = Alone(LabelFact.None) }, Set),
        ("SELinux hidden",
            Good with { SELinux = new Fact<SecurityContexts>(null, new Said("check.selinux-none")) }, Set),
        ("SELinux none", Good with { SELinux = default(Fact<SecurityContexts>) }, Set),
    ];

    /// <summary>All labels that matter, as the packages give them.</summary>
    /// <param name="otherwise">What the kernel says of <paramref name="uses"/>; of the others it says yes.</param>
    static Fact<SecurityContexts> Labelled(bool otherwise, params LabelUse[] uses) => new SecurityContexts(
        true,
        [
            Label(LabelUse.Site, $"{Paths.State}/public", "httpd_sys_content_t"),
            Label(LabelUse.Page, "/run/difusor-agent/page", "httpd_sys_content_t") with
            {
                Rule = "/var/run/difusor-agent/page",
            },
            Label(LabelUse.Drop, "/srv/difusor/entrega", "sshd_tmp_t"),
            Label(LabelUse.Socket, "/var/lib/difusor-syslog/dev", "syslogd_runtime_t"),
            Label(LabelUse.Agent, "/usr/libexec/difusor-agent", "initrc_t"),
            .. uses.Select(use => Label(use, "/its/place", "var_t") with { Allowed = otherwise }),
        ]);

    static LabelFact Label(LabelUse use, string path, string type) => new(use, path, type, Allowed: true);

    /// <summary>The site's label alone, where the kernel could not be asked.</summary>
    static Fact<SecurityContexts> Alone(string type) =>
        new SecurityContexts(true, [new LabelFact(LabelUse.Site, $"{Paths.State}/public", type, Allowed: null)]);
}
