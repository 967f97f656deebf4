using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests.Sentinel;

/// <summary>
/// An account that the kernel grants few inotify watches (a user namespace of its own), and a sender who makes many
/// folders.
/// </summary>
public sealed class FewWatchesTests
{
    public FewWatchesTests() => Assert.SkipUnless(TamperScene.HasNamespaces, "this machine grants no user namespaces");

    static string[] Grants(int watches) =>
        ["unshare", "--user", "--map-root-user", "sh", "-c",
            $"echo {watches} > /proc/sys/user/max_inotify_watches && exec \"$@\"", "sh"];

    static void ManyFolders(string drop)
    {
        for (var folder = 0; folder < 4000; folder++)
            Directory.CreateDirectory(Path.Combine(drop, "basura", folder.ToString(CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void FourThousandFoldersInTheDropTakeNoWatchFromWhatIsPublished(bool beforeTheStart)
    {
        using var scene = new TamperScene(rescan: "1h", wrapper: Grants(100), prepare: folder =>
        {
            if (beforeTheStart) ManyFolders(Path.Combine(folder, "entrega"));
        });
        if (!beforeTheStart) ManyFolders(scene.Agent.Drop);
        // Its own folders are watched once a release is live that came after all those.
        scene.Publish(40, 60);
        scene.Agent.AwaitStatus(
            status => !(bool)status["sentinel"]!["blind"]! && (int)status["sentinel"]!["unwatched_folders"]! == 0);
        Alter(scene, "index.html"); // the look that each new release has once may find this one
        foreach (var path in new[] { "datos/a/b.csv", "css/site.css", "seccion/0001.html" })
            Assert.Equal("watch", Alter(scene, path));
        Assert.DoesNotContain(scene.Agent.Journal(), record => RunningAgent.Event(record) == "SENTINEL_BLIND");
    }

    /// <returns>By what it was found.</returns>
    static string? Alter(TamperScene scene, string path)
    {
        File.AppendAllText(Path.Combine(scene.Agent.Current, path), "evil");
        var found = scene.Agent.Await("TAMPER_DETECTED");
        scene.Agent.Await("TAMPER_HEALED");
        return RunningAgent.Field(found, "found_by");
    }

    [Fact]
    public void ASentinelWithoutWatchesSaysSoWithTheCommandAndSeesOnceThereAreSome()
    {
        using var scene = new TamperScene(rescan: "1h", wrapper: Grants(8));
        var blind = scene.Agent.Journal().Single(record => RunningAgent.Event(record) == "SENTINEL_BLIND");
        Assert.InRange((int)blind["fields"]!["unwatched"]!, 1, 20);
        Assert.StartsWith(
            "sysctl -w fs.inotify.max_user_watches=", RunningAgent.Field(blind, "command"), StringComparison.Ordinal);
        var told = scene.Agent.AwaitStatus(
            status => status["troubles"]!.AsArray().Any(trouble => (string?)trouble!["event"] == "SENTINEL_BLIND"));
        Assert.True((bool)told["sentinel"]!["blind"]!);
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root enters the agent's namespace");
        var raised =
            Bounded.Run("nsenter", "--user", "--target", scene.Agent.Process!.Id.ToString(CultureInfo.InvariantCulture),
            "sh", "-c", "echo 1000 > /proc/sys/user/max_inotify_watches");
        Assert.True(raised.ExitCode == 0, raised.Errors);
        scene.Agent.Await("SENTINEL_SEES");
        scene.Agent.AwaitStatus(
            status => status["troubles"]!.AsArray().All(trouble => (string?)trouble!["event"] != "SENTINEL_BLIND"));
        Assert.Equal("watch", Alter(scene, "datos/a/b.csv"));
    }
}
