using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests.Transfers;

/// <summary>The SSH server that all tools send to; and what they need to reach it.</summary>
sealed class TransferServer : IDisposable
{
    /// <summary>Sends as most people do with Paramiko: folders are made, files put one by one.</summary>
    const string Paramiko = """
        import os, sys, paramiko
        port, key, source, target = sys.argv[1:]
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect('127.0.0.1', int(port), os.environ.get('USER', 'root'), key_filename=key, allow_agent=False,
                       timeout=30)
        sftp = client.open_sftp()
        for folder, _, files in sorted(os.walk(source)):
            below = os.path.normpath(os.path.join(target, os.path.relpath(folder, source)))
            try: sftp.mkdir(below)
            except OSError: sftp.stat(below)
            for file in sorted(files): sftp.put(os.path.join(folder, file), os.path.join(below, file))
        """;

    readonly Lazy<PreloadedLibrary> cutter = new(() => new PreloadedLibrary("cut_transfer"));
    readonly Lazy<Sshd> sshd;
    readonly Lazy<string> hostKey;

    public TransferServer()
    {
        sshd = new(() =>
        {
            var server = new Sshd(cutter.Value.Path);
            File.WriteAllText($"{server.Key}.py", Paramiko);
            if (Has("puttygen")) Sshd.Tool("puttygen", server.Key, "-O", "private", "-o", $"{server.Key}.ppk");
            return server;
        });
        hostKey = new(() => Bounded.Run("ssh-keygen", "-lf", Sshd.HostKey).Output.Split(' ')[1]);
    }

    Sshd Sshd => sshd.Value;

    /// <summary>Returns whether a program is installed; <c>paramiko</c> is Python's.</summary>
    public bool Has(string program) => program == "paramiko"
        ? File.Exists(Python) && Bounded.Run(Python, "-c", "import paramiko").ExitCode == 0
        : Bounded.Run("sh", "-c", $"command -v {program}").ExitCode == 0;

    /// <summary>The system's: packages of the distribution are not in another.</summary>
    const string Python = "/usr/bin/python3";

    public string Ssh => $"ssh -F {Sshd.ClientConfig}";

    /// <summary>Commands of sftp, each in quotes of its own.</summary>
    public string Sftp(params string[] commands) =>
        $"printf '%s\\n' {string.Join(' ', commands.Select(one => $"'{one}'"))}"
        + $" | sftp -q -F {Sshd.ClientConfig} -b - drop";

    public string Scp(string options) => $"scp {options} -q -r -F {Sshd.ClientConfig}";

    public string Rsync(string options, Errand errand) =>
        $"rsync {options} -e '{Ssh}' {errand.Source}/ drop:{errand.Target}/";

    public string Lftp(string settings, string options, Errand errand) =>
        $"lftp -e \"set cmd:fail-exit yes; set net:max-retries 1; set net:timeout 20; {settings} "
        + $"set sftp:connect-program 'ssh -a -x -F {Sshd.ClientConfig}'; open sftp://{User}:@drop; "
        + $"mirror -R {options} {errand.Source} {errand.Target}; bye\"";

    public string Rclone(Errand errand) =>
        $"rclone copy --config /dev/null --transfers 1 --checkers 1 --retries 1 --low-level-retries 1 {errand.Source} "
        + $":sftp:{errand.Target} --sftp-host 127.0.0.1 --sftp-port {Sshd.Port} --sftp-user {User} "
        + $"--sftp-key-file {Sshd.Key} --sftp-disable-hashcheck";

    public string Curl(Errand errand) =>
        $"curl -sS -k --user {User}: --key {Sshd.Key} --pubkey {Sshd.Key}.pub --ftp-create-dirs"
        + string.Concat(
            errand.Files.Select(file => $" -T {errand.Source}/{file} "
                + $"sftp://127.0.0.1:{Sshd.Port}{errand.Target}/{file}"));

    public string Psftp(Errand errand) =>
        $"echo 'put -r {errand.Source} {errand.Target}' | psftp -batch -P {Sshd.Port} -i {Sshd.Key}.ppk "
        + $"-hostkey {hostKey.Value} -b /dev/stdin {User}@127.0.0.1";

    public string PythonPut(Errand errand) =>
        $"USER={User} {Python} {Sshd.Key}.py {Sshd.Port} {Sshd.Key} {errand.Source} {errand.Target}";

    /// <summary>A command of this host that writes into the drop itself, as over a mounted folder.</summary>
    public string Local(string command) => $"LD_PRELOAD={cutter.Value.Path} {command}";

    static string User => Environment.UserName;

    public void Dispose()
    {
        if (sshd.IsValueCreated) Sshd.Dispose();
        if (cutter.IsValueCreated) cutter.Value.Dispose();
    }
}
