
namespace Difusor.Agent.Setup;

/// <summary>The texts of setup's own drop-ins.</summary>
static class SetupFiles
{
    const string Head = "# Written by `difusor-agent setup`, which writes it again or takes it away (--undo).\n";

    /// <summary>
    /// Returns the drop-in that opens the account. The package's 50-difusor-agent.conf keeps the account closed and in
    /// its chroot. This file comes first, and sshd uses the first value that it reads.
    /// </summary>
    public static string Sshd(
        SetupInstance instance, IReadOnlyList<string> addresses, bool password, string home, string drop) =>
        $"""
        {Head}# Only inside this Match block, so no other account is narrowed.
        Match User {instance.Account}
            AllowUsers {string.Join(' ', addresses.Select(address => $"{instance.Account}@{address}"))}
            ChrootDirectory {home}
            ForceCommand internal-sftp -d /{drop} -u 0002 -f AUTHPRIV -l INFO
            AuthenticationMethods {(password ? "password" : "publickey")}
            PasswordAuthentication {(password ? "yes" : "no")}

        """;

    /// <summary>Returns the addresses that a drop-in of <see cref="Sshd"/> opens the account to.</summary>
    public static IReadOnlyList<string> AddressesOf(SetupInstance instance, string dropIn)
    {
        var (line, account) = ("    AllowUsers ", instance.Account + "@");
        return [.. dropIn.Split('\n').Where(text => text.StartsWith(line, StringComparison.Ordinal))
            .SelectMany(text => text[line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(word => word.StartsWith(account, StringComparison.Ordinal)).Select(word => word[account.Length..])];
    }

    /// <summary>Returns a value that a text of <see cref="ApacheNames"/> defines; null if it does not.</summary>
    public static string? Defined(string text, string name) =>
        text.Split('\n').Select(line => line.Split(' '))
            .FirstOrDefault(words => words is ["Define", var known, _] && known == name)?[2].Trim();

    /// <param name="switches">Names without a value, by which the site does more than usual.</param>
    public static string ApacheNames(
        SetupInstance instance, string site, string state, string run, string certificate, string key,
        IEnumerable<string> switches) =>
        $"""
        {Head}Define DIFUSOR_NAME {site}
        Define DIFUSOR_PUBLIC {state}/public
        Define DIFUSOR_RUN {run}
        Define DIFUSOR_CERTIFICATE {certificate}
        Define DIFUSOR_KEY {key}

        """ + string.Concat(switches.Select(name => $"Define {name}\n"));

    /// <summary>Returns the site of another institute: the same site file with other names.</summary>
    public static string ApacheSite(SetupInstance instance, bool debian) =>
        $"{Head}Include {instance.ApacheNames}\nInclude {SetupInstance.SharedSite(debian)}\n";

    public static string Sysusers(SetupInstance instance) =>
        $"{Head}u {instance.Account} - \"PREP packages from the institute\" {instance.Home} /usr/sbin/nologin\nm "
            + $"{instance.Account} difusor-entrega\n";

    /// <summary>
    /// Returns the same as systemd/difusor-agent.tmpfiles, but no account of another institute can look inside.
    /// </summary>
    public static string Tmpfiles(SetupInstance instance) =>
        $"""
        {Head}d {instance.State} 0711 difusor-agent difusor-agent -
        d {instance.SyslogFolder} 0755 root root -
        d {instance.SyslogFolder}/dev 0700 root root -
        a {instance.SyslogFolder}/dev - - - - user:difusor-agent:--x
        d {instance.Home} 0750 root {instance.Account} -
        a {instance.Home} - - - - user:difusor-agent:--x
        d {instance.Home}/entrega 2770 {instance.Account} difusor-agent -
        a {instance.Home}/entrega - - - - default:user::rwx,default:group::rwx,default:group:difusor-agent:rwx,default:mask::rwx,default:other::---
        d {instance.Home}/acuses 2750 difusor-agent {instance.Account} -

        """;

    /// <summary>Returns the same as packaging/rsyslog/difusor-agent.conf, which explains the reasons.</summary>
    public static string Rsyslog(SetupInstance instance) =>
        $$"""
        {{Head}}template(name="{{instance.Site}}" type="string"
                 string="<%PRI%>1 %TIMESTAMP:::date-rfc3339% %HOSTNAME% %APP-NAME% %PROCID% %MSGID% [sender@32473 uid=\"%$!uid%\" pid=\"%$!pid%\"]%STRUCTURED-DATA:R,ERE,0,BLANK:^\\[.*--end% %msg%\n")
        ruleset(name="{{instance.Site}}") {
            action(type="omfile" file="/var/log/{{instance.Site}}.log" template="{{instance.Site}}" fileCreateMode="0640")
        }
        input(type="imuxsock" Socket="{{instance.SyslogSocket}}" UseSpecialParser="off" ParseHostname="on" Annotate="on" ParseTrusted="on"
              RateLimit.Interval="10" RateLimit.Burst="5000" ruleset="{{instance.Site}}")

        """;
}
