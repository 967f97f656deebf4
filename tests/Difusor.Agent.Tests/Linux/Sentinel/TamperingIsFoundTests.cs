using System.Diagnostics;
using Difusor.Agent.Linux;
using Difusor.Agent.Packages;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

public sealed class TamperingIsFoundTests : IDisposable
{
    readonly PublishedSite site = new();

    public TamperingIsFoundTests()
    {
        var first = site.Seal(1, new Dictionary<string, string> { ["index.html"] = "<h1>corte 1</h1>", ["css/site.css"] = "body {}", ["datos/a/b.csv"] = "1" });
        site.Publish(first);
        site.Publish(site.Seal(2, new Dictionary<string, string> { ["index.html"] = "<h1>corte 2</h1>", ["css/site.css"] = "body {}", ["datos/a/b.csv"] = "2" }, first));
    }

    public void Dispose() => site.Dispose();

    public static TheoryData<string> Kinds => [.. Tamperings.All.Where(kind => !kind.NeedsRoot || Environment.IsPrivilegedProcess).Select(kind => kind.Name)];

    public static TheoryData<string> KindsWithAnEvent => [.. Kinds.Select(row => row.Data).Where(kind => !Tamperings.Named(kind).Silent)];

    [Theory, MemberData(nameof(KindsWithAnEvent))]
    public void AtOnceWhereTheKernelReportsIt(string kind)
    {
        Tamperings.Named(kind).Prepare?.Invoke(site.Paths);
        using var watch = site.Watch();
        site.UntilWatching();
        Tamperings.Named(kind).Do(site.Paths);
        UntilFound(kind, "watch");
    }

    [Theory, MemberData(nameof(Kinds))]
    public void ByTheRescanWithoutAnyEvent(string kind)
    {
        using var watch = new TreeWatch(site.State, site.Signals.Add);
        Tamperings.Named(kind).Prepare?.Invoke(site.Paths);
        Tamperings.Named(kind).Do(site.Paths);
        using var rescan = new Rescan(site.State, watch, TimeSpan.FromHours(1), () => DateTimeOffset.UnixEpoch, site.Signals.Add);
        rescan.Start();
        UntilFound(kind, "start");
    }

    [Fact]
    public void BothDigestsAndThePathAreTold()
    {
        using var watch = site.Watch();
        site.UntilWatching();
        File.WriteAllText(site.Outside("evil"), "evil");
        Assert.Equal(0, Syscall.rename(site.Outside("evil"), site.InLive("datos/a/b.csv")));
        var finding = Assert.Single(site.NextAlteration().Alterations).ToFinding();
        Assert.Equal("datos/a/b.csv", finding.Path);
        Assert.Contains($"expected sha256 {Digest.Sha256("2"u8).Hex}, found {Digest.Sha256("evil"u8).Hex}", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void AThousandPublicationsRaiseNoAlarm()
    {
        using var watch = site.Watch();
        site.UntilWatching();
        var before = site.Live;
        for (var sequence = 3; sequence < 1003; sequence++)
        {
            var next = site.Seal(sequence, new Dictionary<string, string> { ["index.html"] = $"<h1>corte {sequence}</h1>", ["css/site.css"] = "body {}" }, before);
            site.Publish(next);
            site.Remove(before);
            before = next;
        }
        File.AppendAllText(site.InLive("index.html"), "evil");
        var found = site.NextAlteration();
        Assert.Equal((before, "changed"), (found.Alterations[0].Release!.Value, found.Alterations[0].Code));
    }

    [Fact]
    public void ReadingTouchingAccessTimesLinksAndExtendedAttributesAreNoTampering()
    {
        using var watch = site.Watch();
        site.UntilWatching();
        Shell($"find {site.Root} -type f -exec touch -a {{}} + ; tar cf /dev/null {site.Root}; cp -al {site.InLive("")} {site.Outside("links")}; "
            + $"setfattr -n user.backup -v done {site.InLive("index.html")} || true; chmod 0644 {site.InLive("index.html")}");
        File.Delete(site.InLive("index.html"));
        Assert.Equal(["index.html"], site.NextAlteration().Alterations.Select(found => found.Path));
    }

    [Fact]
    public void TheCanaryMeasuresTheDelay()
    {
        using var watch = site.Watch();
        site.UntilWatching();
        watch.SendCanary();
        while (site.State.Status.DetectionDelay is null) Thread.Yield();
        Assert.False(site.State.Status.Blind);
        Assert.True(site.State.Status.WatchedFolders >= 8);
    }

    void UntilFound(string kind, string foundBy)
    {
        var wanted = Tamperings.Named(kind).Code;
        while (true)
        {
            var found = site.NextAlteration();
            Assert.True(found.FoundBy == foundBy || found.FoundBy == "start", found.FoundBy);
            if (found.Alterations.Any(alteration => alteration.Code == wanted && (alteration.Release is null || alteration.Release == site.Live || kind == "AlterAnOlderRelease"))) return;
        }
    }

    static void Shell(string line)
    {
        using var process = Process.Start("sh", ["-c", line]);
        process.WaitForExit();
    }
}
