using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// A real OpenSSH server on a loopback port of its own, for this account alone, with keys of its own; and the clients
/// that speak to it.
/// </summary>
sealed class Sshd : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("sshd-").FullName;
    readonly Process process;
    readonly int port = LoopbackPort.Free();

    /// <param name="preload">A library for what the server starts: sftp-server, scp, rsync, a shell.</param>
    public Sshd(string? preload = null)
    {
        Tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", $"{folder}/host");
        Tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", $"{folder}/user");
        File.WriteAllLines($"{folder}/config",
        [
            $"Port {port}", "ListenAddress 127.0.0.1", $"HostKey {folder}/host",
            $"AuthorizedKeysFile {folder}/user.pub", $"PidFile {folder}/pid",
            "StrictModes no", "UsePAM no", "PasswordAuthentication no", "PermitRootLogin yes",
            .. preload is null ? ["Subsystem sftp internal-sftp"]
                : new[] { $"Subsystem sftp {SftpServer}", $"SetEnv LD_PRELOAD={preload}", "MaxStartups 100" },
        ]);
        File.WriteAllLines($"{folder}/client",
        [
            "Host drop", "HostName 127.0.0.1", $"Port {port}", $"User {Environment.UserName}",
            $"IdentityFile {folder}/user", "IdentitiesOnly yes",
            "StrictHostKeyChecking no", $"UserKnownHostsFile {folder}/known", "LogLevel ERROR",
        ]);
        if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd");
        process = Process.Start(
            new ProcessStartInfo(
            "/usr/sbin/sshd", ["-D", "-e", "-f", $"{folder}/config"]) { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        for (var deadline = DateTime.UtcNow.AddSeconds(20); ;)
        {
            using var probe = new TcpClient();
            try
            {
                probe.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (!process.HasExited && DateTime.UtcNow < deadline) { }
        }
    }

    /// <summary>What <c>-F</c> takes.</summary>
    public string ClientConfig => $"{folder}/client";

    public int Port => port;

    /// <summary>The private key of the account; the public one beside it ends with <c>.pub</c>.</summary>
    public string Key => $"{folder}/user";

    public string HostKey => $"{folder}/host.pub";

    static string SftpServer => File.Exists("/usr/lib/openssh/sftp-server") ? "/usr/lib/openssh/sftp-server"
        : "/usr/libexec/openssh/sftp-server";

    /// <summary>Runs sftp with these commands to its end.</summary>
    public void Sftp(params string[] commands) => Wait(StartSftp(0, commands));

    /// <param name="kilobits">Bandwidth per second; 0: as fast as it goes.</param>
    public Process StartSftp(int kilobits, params string[] commands)
    {
        var batch = $"{folder}/batch-{Guid.NewGuid():N}";
        File.WriteAllLines(batch, commands);
        return Process.Start(new ProcessStartInfo("sftp",
            [.. kilobits > 0 ? new[] { "-l", $"{kilobits}" } : [], "-q", "-F", ClientConfig, "-b", batch,
                "drop"]) { RedirectStandardOutput = true })!;
    }

    public static void Tool(string program, params string[] arguments)
    {
        var (code, _, errors) = Bounded.Run(program, arguments);
        Assert.True(code == 0, $"{program}: {code} {errors}");
    }

    static void Wait(Process process)
    {
        using (process)
        {
            Bounded.Result(process.StandardOutput.ReadToEndAsync(), $"the end of {process.StartInfo.FileName}");
            Assert.Equal(0, Bounded.Ended(process));
        }
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        Bounded.Ended(process);
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
