using System.Security.Cryptography;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests.Sentinel;

/// <summary>
/// Where the system does not allow a heal, the operator is told the command that would; once it is gone the agent heals
/// by itself.
/// </summary>
public sealed class HealObstacleTests
{
    static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];

    [Fact]
    public void AnImmutableTree()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "root sets the flag");
        using var scene = new TamperScene();
        Assert.SkipUnless(Ran("chattr", "+i", scene.LiveTree + "/css"), "the file system has no immutable flag");
        try { Meets(scene, $"chattr -R -i -a {scene.LiveTree}", () => Must("chattr", "+i", scene.LiveTree)); }
        finally { Ran("chattr", "-R", "-i", scene.Agent.At("estado")); }
    }

    [Fact]
    public void AFileSystemMountedOverTheRelease()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "root mounts");
        using var scene = new TamperScene();
        Covered(scene, scene.LiveTree, "mount", "-t", "tmpfs", "tmpfs", scene.LiveTree);
    }

    [Fact]
    public void AFolderBoundOverAllThatIsPublished()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "root mounts");
        using var scene = new TamperScene();
        Covered(scene, scene.Root, "mount", "--bind", scene.Agent.At("acuses"), scene.Root);
    }

    [Fact]
    public void AForeignOwnerAndAnAgentWithoutPrivileges()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "root gives a tree to another");
        using var scene =
            new TamperScene(wrapper: AsNobody, prepare: folder => Must("chown", "-R", "65534:65534", folder));
        Meets(scene, $"chown -R nobody: {scene.LiveTree}", () => Must("chown", "0:0", scene.LiveTree));
    }

    [Fact]
    public void ABadSectorBeneathAVaultCopyStopsNoHeal()
    {
        var hex = Convert.ToHexStringLower(SHA256.HashData("body {}"u8));
        string[] unread = [
            "strace", "-D", "-f", "-o", "/dev/null", "-P", "", "-e", "trace=copy_file_range,pread64,read", "-e",
            "inject=copy_file_range,pread64,read:error=EIO"];
        using var scene =
            new TamperScene(wrapper: unread, prepare: folder => unread[6] = $"{folder}/estado/vault/{hex[..2]}/{hex}");
        File.AppendAllText(scene.Paths().InLive("index.html"), "evil");
        var healed = scene.Agent.Await("TAMPER_HEALED", "HEAL_FAILED");
        Assert.Equal("TAMPER_HEALED", RunningAgent.Event(healed));
        scene.AwaitServed();
    }

    /// <summary>Altered and not to be healed; told with the command; the command is run, and it is healed.</summary>
    static void Meets(TamperScene scene, string command, Action obstruct)
    {
        obstruct();
        File.AppendAllText(scene.Paths().InLive("index.html"), "evil");
        var failed = scene.Agent.Await(
            record =>
            RunningAgent.Event(record) == "HEAL_FAILED"
            && RunningAgent.Field(record, "error")!.Contains(command, StringComparison.Ordinal), command);
        Assert.EndsWith($"Run as root: {command}", RunningAgent.Field(failed, "error"), StringComparison.Ordinal);
        Must("sh", "-c", command);
        scene.Agent.Await("TAMPER_HEALED");
        scene.AwaitServed();
    }

    static void Covered(TamperScene scene, string place, params string[] mount)
    {
        Must(mount[0], mount[1..]);
        try
        {
            // In whichever order: a heal may meet the mount before the watch has told of it.
            var (told, failed) = (false, false);
            scene.Agent.Await(record =>
            {
                told |= RunningAgent.Event(record) == "TAMPER_DETECTED" && TamperScene.Tells(record, "mount");
                failed |= RunningAgent.Event(record) == "HEAL_FAILED"
                    && RunningAgent.Field(record, "error")!.EndsWith(
                    $"Run as root: umount {place}", StringComparison.Ordinal);
                return told && failed;
            }, "mount found and told with its command");
        }
        // Lazily where it is busy: somebody may be looking into it at this very instant.
        finally { Must("sh", "-c", $"umount {place} || umount -l {place}"); }
        scene.Agent.Await("TAMPER_HEALED");
        scene.AwaitServed();
    }

    static void Must(string program, params string[] arguments) =>
        Assert.True(Ran(program, arguments), $"{program} {string.Join(' ', arguments)}");

    static bool Ran(string program, params string[] arguments) => Bounded.Run(program, arguments).ExitCode == 0;
}
