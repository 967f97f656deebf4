namespace Difusor.Agent.SystemTests.Transfers;

/// <summary>The ways that the table has: tools that are run here, and those that are played.</summary>
static class Ways
{
    public static IReadOnlyList<Way> Of(TransferServer server) => [.. Run(server), .. Played];

    static IEnumerable<Way> Run(TransferServer server)
    {
        RunWay Rsync(string options, bool isKilled = false) => new(
            $"rsync{(isKilled ? ", its server killed" : "")}", $"`rsync {options}`", server, "rsync",
            one => server.Rsync(options, one), isKilled);
        yield return new RunWay(
            "OpenSSH sftp", "`put -r`", server, "sftp", one => server.Sftp(
                IsTree(one) ? $"put -r {one.Source}/* {one.Target}" : $"put -r {one.Source} {one.Drop}"));
        yield return new RunWay("OpenSSH scp", "`scp -r`", server, "scp", one => Scp(server.Scp("-s"), one));
        yield return new RunWay(
            "OpenSSH scp, the old protocol", "`scp -O -r`", server, "scp", one => Scp(server.Scp("-O"), one));
        yield return Rsync("-a");
        yield return Rsync("-a", isKilled: true);
        yield return Rsync("-a --inplace");
        yield return Rsync("-a --partial");
        yield return Rsync("-a --partial-dir=.rsync-partial");
        yield return Rsync("-a --delay-updates");
        yield return new RunWay("lftp", "`mirror -R`", server, "lftp", one => server.Lftp("", IfAgain(one, "-c"), one));
        yield return new RunWay(
            "lftp, temporary names", "`xfer:use-temp-file`", server, "lftp",
            one => server.Lftp("set xfer:use-temp-file yes;", "", one));
        yield return new RunWay("rclone 1.60", "`rclone copy`", server, "rclone", server.Rclone);
        yield return new RunWay("curl", "`curl -T`", server, "curl", server.Curl);
        yield return new RunWay("PuTTY psftp", "`put -r`", server, "psftp", server.Psftp);
        yield return new RunWay("Paramiko", "`SFTPClient.put`", server, "paramiko", server.PythonPut);
        yield return new RunWay(
            "tar over ssh", "`tar -cf - . \\| ssh … tar -xf -`", server, "tar",
            one => $"tar -C {one.Source} -cf - . | {server.Ssh} drop "
                + $"'mkdir -p {one.Target} && tar -C {one.Target} -xf -'");
        yield return new RunWay(
            "cp, into a mounted folder", "`cp -r`", server, "cp",
            one => $"mkdir -p {one.Target} && {server.Local($"cp -r --reflink=never {one.Source}/. {one.Target}/")}");
    }

    /// <summary>Each by what its documentation says that it does.</summary>
    static IReadOnlyList<Way> Played =>
    [
        // https://winscp.net/eng/docs/resume
        new PlayedWay("WinSCP", "`NAME.filepart`, then renamed", name => name + ".filepart", Resumes: true),
        new PlayedWay("WinSCP, files below 100 KiB", "in place"),
        // https://wiki.filezilla-project.org/Options: "File exists action", resume
        new PlayedWay("FileZilla", "in place, and resumed", Resumes: true),
        // https://github.com/iterate-ch/cyberduck/issues/4165: "Upload with temporary filename"
        new PlayedWay(
            "Cyberduck, temporary names", "`NAME-UUID`, then renamed",
            name => $"{name}-{Guid.NewGuid()}"),
        // https://rclone.org/docs/#inplace: from 1.63 on
        new PlayedWay(
            "rclone 1.63", "`NAME.XXXXXXXX.partial`, then renamed",
            name => $"{name}.{Random.Shared.Next(0x1000_0000, int.MaxValue):x8}.partial"),
        // UploadFile, put: each opens with create and truncate, and writes
        new PlayedWay("SSH.NET, JSch, phpseclib", "in place"),
        // http://www.proftpd.org/docs/directives/linked/config_ref_HiddenStores.html
        new PlayedWay("a server with `HiddenStores`", "`.in.NAME.`, then renamed", name => $".in.{name}."),
        new PlayedWay("a script of one's own", "`NAME.tmp`, then renamed", name => name + ".tmp"),
        // The shell of Windows and robocopy set the length before they write.
        new PlayedWay("robocopy, to a mapped folder", "full length at once", Allocates: true),
    ];

    static bool IsTree(Errand errand) => errand.Target == errand.Drop;

    static string IfAgain(Errand errand, string options) => errand.IsAgain ? options : "";

    static string Scp(string scp, Errand errand) =>
        $"{scp} {errand.Source}{(IsTree(errand) ? "/*" : "")} drop:{errand.Drop}/";
}
