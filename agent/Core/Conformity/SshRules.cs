using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>Clauses II.2.c and II.3: the institute's account delivers by SFTP, and can do nothing else.</summary>
static class SshRules
{
    static readonly (string Setting, string Wanted)[] Closed =
        [("allowtcpforwarding", "no"), ("allowstreamlocalforwarding", "no"), ("allowagentforwarding", "no"),
            ("x11forwarding", "no"), ("permittunnel", "no"), ("gatewayports", "no")];

    public static IEnumerable<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        Clause account = new("ssh-account"), forwarding = new("ssh-forwarding"),
        password = new("ssh-password"), chroot = new("ssh-chroot");
        if (host.SshForAccount.Seen is not { } ssh)
        {
            var why = host.SshForAccount.Hidden
                ?? new Said("check.ssh-account-none", ("path", configured.Settings.Paths.Drop));
            foreach (var clause in new[] { account, chroot, forwarding, password }) yield return clause.Unseen(why);
            yield break;
        }
        (string, object?) who = ("account", ssh.Account);
        yield return ssh["forcecommand"].Split(' ')[0] is "internal-sftp"
            || ssh["forcecommand"].Split(' ')[0].EndsWith("/sftp-server", StringComparison.Ordinal)
            ? account.Pass(new Said("check.ssh-account-sftp", who))
            : account.Fail(
                new Said("check.ssh-account-shell", who, ("command", ssh["forcecommand"])),
                new Said("check.ssh-account-mend"), ContentRules.SetUp);
        yield return Chroot(chroot, host, ssh, configured.Settings.Paths.Drop);

        var open = ssh["disableforwarding"] == "yes" ? []
            : Closed.Where(each => ssh[each.Setting] is var value && value.Length > 0 && value != each.Wanted).Select(
            each => $"{each.Setting} {ssh[each.Setting]}").ToList();
        yield return open.Count == 0 ? forwarding.Pass(new Said("check.ssh-forwarding-none", who))
            : forwarding.Fail(
                new Said("check.ssh-forwarding-open", who, ("settings", string.Join(", ", open))),
                new Said("check.ssh-forwarding-mend"), ContentRules.SetUp);
        yield return ssh["passwordauthentication"] == "yes" && ssh["authenticationmethods"] != "publickey"
            ? password.Warn(new Said("check.ssh-password-yes", who), new Said("check.ssh-password-mend"))
            : password.Pass(new Said("check.ssh-password-no", who));
    }

    /// <summary>
    /// Checks the chroot. sshd refuses the login if another account than root can write to the chroot or to a folder
    /// above it (sshd_config(5), ChrootDirectory). Only the chroot itself is checked here.
    /// </summary>
    static ConformityRow Chroot(Clause clause, HostFacts host, SshdSettings ssh, string drop)
    {
        if (ssh.Chroot is not { } path)
            return clause.Warn(
                new Said("check.ssh-chroot-none", ("account", ssh.Account)), new Said("check.ssh-chroot-mend"),
                ContentRules.SetUp);
        if (host.Folder(path).Hidden is { } why) return clause.Unseen(why);
        if (host.Folder(path).Seen is not { } folder)
            return clause.Fail(
                new Said("check.folder-missing", ("path", path)),
                command: $"install -d -o root -g root -m 0755 {path}");
        if (folder.OwnerId != 0 || folder.GroupWrites || folder.OthersWrite)
            return clause.Fail(
                new Said(
                "check.ssh-chroot-open", ("path", path), ("owner", folder.Owner),
                ("mode", AgentRules.Octal(folder.Mode))), command: $"chown root:root {path} && chmod 0755 {path}");
        return drop == path || drop.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal)
            ? clause.Pass(new Said("check.ssh-chroot-right", ("path", path)))
            : clause.Fail(
                new Said("check.ssh-chroot-elsewhere", ("path", path), ("drop", drop)),
                new Said("check.ssh-chroot-mend"), ContentRules.SetUp);
    }
}
