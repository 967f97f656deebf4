using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests.Sentinel;

/// <summary>
/// What a sysadmin's own programs do is no tampering, and neither is a publication. 40 swaps under `make test`, 1,000
/// under `make tamper`.
/// </summary>
public sealed class NoFalseAlarmTests(ITestOutputHelper output)
{
    static int Swaps =>
        int.Parse(Environment.GetEnvironmentVariable("DIFUSOR_SWAPS") ?? "40", CultureInfo.InvariantCulture);

    /// <summary>
    /// A tape of the tree, a copy with all attributes, one by hard links, every access time, a walk, a relabel, a mode
    /// that stays.
    /// </summary>
    const string Housekeeping =
        """
        tar cf /dev/null -C "$1" . && cp -a "$1" "$2/copy" && cp -al "$1" "$2/links" && find "$1" -exec touch -a {} + &&
        find "$1" -printf '%p %s %T@ %C@\n' >/dev/null && grep -rc x "$1" >/dev/null; find "$1" -type f -exec chmod u+rw,go-w {} + && rm -rf "$2/copy" "$2/links"
        """;

    [Fact]
    public async Task SwapsUnderLoadWhileABackupRunsRaiseNone()
    {
        using var scene = new TamperScene(files: 60, rescan: "1s", yaml: "drop: {keep: 1s}");
        using var done = new CancellationTokenSource();
        var backups = 0;
        var backup = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                Shell(Housekeeping, scene.Agent.Current + "/", scene.Paths().Elsewhere);
                backups++;
            }
        }, TestContext.Current.CancellationToken);
        for (var swap = 0; swap < Swaps; swap++)
        {
            var corte = Iso(scene.Agent.Opens.AddMinutes(swap % 2 == 0 ? 0 : 20));
            var stored = scene.Agent.Command("releases", "activate", corte, "--reason", "prueba");
            Assert.True(stored.ExitCode == 0, stored.Errors);
        }
        await done.CancelAsync();
        await backup;
        output.WriteLine($"{Swaps} swaps beside {backups} backups");
        AssertQuiet(scene);
    }

    [Fact]
    public void AnExtendedAttributeIsNoAlteration()
    {
        Assert.SkipUnless(Shell("command -v setfattr >/dev/null"), "setfattr is not installed (attr)");
        using var scene = new TamperScene();
        Assert.SkipUnless(Shell("""setfattr -n user.label -v "system_u:object_r:httpd_sys_content_t" "$1/index.html" """, scene.LiveTree), "the file system has no extended attributes");
        Assert.True(Shell("""find "$1" -type f -exec setfattr -n user.label -v otra {} + && find "$1" -type f -exec setfattr -x user.label {} + """, scene.LiveTree));
        AssertQuiet(scene);
    }

    /// <summary>A package's name has no seconds.</summary>
    static string Iso(DateTimeOffset corte) =>
        corte.ToOffset(TimeSpan.FromHours(-6)).ToString("yyyy-MM-dd'T'HH:mm':00'zzz", CultureInfo.InvariantCulture);

    /// <summary>What comes after is found, so all before was looked at; and before it there is no alarm.</summary>
    static void AssertQuiet(TamperScene scene)
    {
        var live = new DirectoryInfo(Path.Combine(scene.Root, "current"))
            .ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        File.WriteAllText(Path.Combine(live, "zz-marca.html"), "evil");
        var marked = scene.Agent.Await("TAMPER_DETECTED");
        var change = Assert.Single(marked["fields"]!["changes"]!.AsArray());
        Assert.Equal("zz-marca.html", (string?)change!["path"]);
        Assert.DoesNotContain(scene.Agent.Journal().TakeWhile(record => (long)record["seq"]! < (long)marked["seq"]!),
            record => RunningAgent.Event(record) is "TAMPER_DETECTED" or "HEAL_FAILED");
    }

    static bool Shell(string script, params string[] arguments) =>
        Bounded.Run("sh", ["-c", script, "sh", .. arguments]).ExitCode == 0;
}
