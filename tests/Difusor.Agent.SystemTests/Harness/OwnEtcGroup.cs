
namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// An <c>/etc/group</c> with the group <c>difusor-agent</c>, for one agent in a mount namespace of its own: the host's
/// stays as it is.
/// </summary>
sealed class OwnEtcGroup : IDisposable
{
    readonly string file = Path.GetTempFileName();

    public OwnEtcGroup(int gid)
    {
        var others = File.ReadLines("/etc/group")
            .Where(line => !line.StartsWith("difusor-agent:", StringComparison.Ordinal));
        File.WriteAllLines(file, others.Append($"difusor-agent:x:{gid}:"));
        File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
    }

    /// <summary>
    /// A command to run the agent under; each of its parts becomes the next, so a signal reaches the agent.
    /// </summary>
    public string[] Wrapper =>
        ["unshare", "--mount", "sh", "-c", "mount --bind \"$0\" /etc/group && exec \"$@\"", file];

    /// <summary>Runs a command as nobody.</summary>
    /// <param name="groups">setpriv's options for the supplementary groups.</param>
    public int As(string[] groups, params string[] command) =>
        Bounded.Run("setpriv", ["--reuid=65534", "--regid=65534", .. groups, .. command]).ExitCode;

    public void Dispose() => File.Delete(file);
}
