using Difusor.Agent.Conformity;
using Difusor.Agent.Linux.Conformity;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Rehearsal;

/// <summary>
/// Sends and fetches as the institute does: sftp, the host's sshd with its whole configuration, the institute's account
/// in its chroot. Only the key, and where it comes from, are this rehearsal's own. sshd runs as sftp's partner, for one
/// connection and on no port: the host's own sshd stays as it is, and nothing is open to anybody else.
/// </summary>
sealed class InstituteStandIn : IDisposable
{
    const string HostName = "difusor-simulacro", Key = Folder + "/key", Configuration = Folder + "/sshd.conf",
        KnownHosts = Folder + "/known_hosts", SshdFolder = Difusor.Agent.Setup.HostFacts.SshdFolder;

    static readonly BoundedProgram Programs =
        new(BoundedProgram.HostFolders) { Patience = TimeSpan.FromMinutes(1) };

    readonly string account, sshd;
    readonly bool madeSshdFolder;

    InstituteStandIn(string account, string sshd, bool madeSshdFolder) =>
        (this.account, this.sshd, this.madeSshdFolder) = (account, sshd, madeSshdFolder);

    /// <summary>The folder of the rehearsal: root's own, and gone after a restart of the host.</summary>
    public const string Folder = "/run/difusor-simulacro";

    /// <param name="problem">Why it cannot be done; null if it can.</param>
    public static InstituteStandIn? Open(string account, out Said? problem)
    {
        problem = null;
        foreach (var needed in new[] { "sshd", "sftp", "ssh-keygen" })
            if (Programs.Find(needed) is null) problem ??= new Said("simulacro.no-program", ("program", needed));
        if (problem is not null) return null;
        var made = !Directory.Exists(SshdFolder);
        if (made) Directory.CreateDirectory(SshdFolder);
        var standIn = new InstituteStandIn(account, Programs.Find("sshd")!, made);
        Discard();
        Directory.CreateDirectory(Folder);
        // sshd reads the key as the account; nobody else may list what is here.
        SystemFault.Check(Syscall.chmod(Folder, (FilePermissions)Modes.PassThrough), "chmod", Folder);
        var key = Programs.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", HostName, "-f", Key);
        if (key is { Succeeded: true } && SshReading.Effective(Programs) is { Succeeded: true } told)
        {
            standIn.Write(new SshdSettings("", told.Output, null));
            return standIn;
        }
        problem = new Said("simulacro.no-sshd", ("said", key is { Succeeded: false } ? key.FirstLine : "sshd -T"));
        standIn.Dispose();
        return null;
    }

    void Write(SshdSettings settings)
    {
        var authorized = Path.Combine(Folder, "authorized_keys");
        File.Copy(Key + ".pub", authorized);
        SystemFault.Check(Syscall.chmod(authorized, (FilePermissions)Modes.PublicFile), "chmod", authorized);
        // sshd takes the first value that it reads, so this block wins; all else is as for the institute.
        File.WriteAllText(
            Configuration,
            $"""
            Match User {account}
                AllowUsers {account}
                AuthorizedKeysFile {authorized}
                AuthenticationMethods publickey
                PubkeyAuthentication yes
            Match all
            Include /etc/ssh/sshd_config

            """);
        var hostKeys = settings.HostKeyFiles.Select(path => path + ".pub").Where(File.Exists)
            .Select(path => File.ReadAllText(path).Split(' ')).Where(words => words.Length > 1)
            .Select(words => $"{HostName} {words[0]} {words[1].Trim()}\n");
        File.WriteAllText(KnownHosts, string.Concat(hostKeys));
    }

    /// <summary>Runs sftp commands, one a line; those that begin with a hyphen may fail.</summary>
    /// <returns>What sftp said of one that failed; null if all went well.</returns>
    public string? Run(string commands)
    {
        var answer = Programs.Run(
            "sftp",
            [
                "-q", "-b", "-", "-F", "/dev/null", "-o", $"ProxyCommand={sshd} -i -f {Configuration}",
                "-o", $"UserKnownHostsFile={KnownHosts}", "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes",
                "-o", "IdentitiesOnly=yes", "-i", Key, $"{account}@{HostName}",
            ],
            commands.TrimEnd('\n') + "\n");
        if (answer is { Succeeded: true }) return null;
        var said = answer?.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return said is [.., var last] ? last.Trim() : "sftp";
    }

    public void Dispose()
    {
        Discard();
        if (madeSshdFolder && !Directory.EnumerateFileSystemEntries(SshdFolder).Any()) Directory.Delete(SshdFolder);
    }

    static void Discard()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}
