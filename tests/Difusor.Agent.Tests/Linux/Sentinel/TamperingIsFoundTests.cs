using Difusor.Agent.Linux.Sentinel;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

public sealed class TamperingIsFoundTests : IDisposable
{
    readonly PublishedSite site = new();

    public TamperingIsFoundTests()
    {
        var first = site.Seal(
            1, new Dictionary<string, string> { ["index.html"] = "<h1>corte 1</h1>", ["css/site.css"] = "body {}",
                ["datos/a/b.csv"] = "1" });
        site.Publish(first);
        site.Publish(
            site.Seal(
            2, new Dictionary<string, string> { ["index.html"] = "<h1>corte 2</h1>", ["css/site.css"] = "body {}",
                ["datos/a/b.csv"] = "2" },
            first));
    }

    public void Dispose() => site.Dispose();

    public static TheoryData<string> Kinds =>
        [.. Tamperings.All.Where(kind => !kind.NeedsRoot || Environment.IsPrivilegedProcess).Select(kind => kind.Name)];

    public static TheoryData<string> KindsWithAnEvent =>
        [.. Kinds.Select(row => row.Data).Where(kind => !Tamperings.Named(kind).Silent)];

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
        using var rescan =
            new Rescan(site.State, watch, TimeSpan.FromHours(1), () => DateTimeOffset.UnixEpoch, site.Signals.Add);
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
        Assert.Contains(
            $"expected sha256 {Digest.Sha256("2"u8).Hex}, found {Digest.Sha256("evil"u8).Hex}", finding.Detail,
            StringComparison.Ordinal);
    }

    [Fact]
    public void NamesThatCannotBeShownAndLongOnesAreNoAlarmUntilTheirBytesChange()
    {
        var longName = $"{new string('a', 250)}/{new string('b', 250)}/{new string('c', 250)}.html";
        string[] odd = ["\u05D0\u05D1.html", "a\uFE0F.html", "a\u3164b/\u034Fc.html", "ñandú.html", longName];
        site.Publish(site.Seal(3, odd.ToDictionary(path => path, _ => "1")));
        using var watch = new TreeWatch(site.State, site.Signals.Add);
        using var rescan =
            new Rescan(site.State, watch, TimeSpan.FromHours(1), () => DateTimeOffset.UnixEpoch, site.Signals.Add);
        foreach (var path in odd) File.WriteAllText(site.InLive(path), "2");
        rescan.Start();
        var found = site.NextAlteration().Alterations;
        Assert.Equal(
            odd.Order(StringComparer.Ordinal),
            found.Select(alteration => alteration.Path).Order(StringComparer.Ordinal));
        Assert.All(found, alteration => Assert.Equal(Difusor.Agent.Sentinel.AlterationKind.Changed, alteration.Kind));
    }

    [Fact]
    public void AThousandPublicationsRaiseNoAlarm()
    {
        using var watch = site.Watch();
        site.UntilWatching();
        var before = site.Live;
        for (var sequence = 3; sequence < 1003; sequence++)
        {
            var next = site.Seal(
                sequence,
                new Dictionary<string, string> { ["index.html"] = $"<h1>corte {sequence}</h1>",
                    ["css/site.css"] = "body {}" }, before);
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
        Shell($"find {site.Root} -type f -exec touch -a {{}} + ; tar cf /dev/null {site.Root}; cp -al "
            + $"{site.InLive("")} {site.Outside("links")}; "
            + $"setfattr -n user.backup -v done {site.InLive("index.html")} || true; chmod 0644 "
            + $"{site.InLive("index.html")}");
        File.Delete(site.InLive("index.html"));
        Assert.Equal(["index.html"], site.NextAlteration().Alterations.Select(found => found.Path));
    }

    [Fact]
    public void TheCanaryMeasuresTheDelay()
    {
        using var watch = site.Watch();
        site.UntilWatching();
        watch.SendCanary();
        Bounded.Until(() => site.State.Status.DetectionDelay is not null, "an answer to the canary");
        Assert.False(site.State.Status.Blind);
        Assert.True(site.State.Status.WatchedFolders >= 8);
    }

    [Fact]
    public void WhatIsAlteredWhileALargeReleaseIsReadIsFoundBeforeItsEnd()
    {
        site.Publish(
            site.Seal(
            3, Enumerable.Range(0, 2000).ToDictionary(page => $"{page:0000}.html", page => $"<p>{page}</p>")));
        var during = new List<string>();
        DirtyPlaces dirty = null!;
        dirty = new DirtyPlaces
        {
            Meanwhile = () =>
            {
                if (during.Count > 0) return;
                File.AppendAllText(site.InLive("1999.html"), "evil");
                dirty.Mark(Difusor.Agent.Packages.Root.Public, site.Live, [.. "1999.html"u8], whole: false);
                during.AddRange(dirty.LookAtSingle(site.State.Expected).Select(found => $"{found.Code} {found.Path}"));
            },
        };
        dirty.Mark(Difusor.Agent.Packages.Root.Public, site.Live, [], whole: true);
        dirty.LookAtOne(site.State.Expected);
        Assert.Equal(["changed 1999.html"], during);
        Assert.True(dirty.IsEmpty);
    }

    [Fact]
    public void AWatchThatHadToBeginAnewSeesWhatComesAfter()
    {
        using var watch = site.Watch();
        site.UntilWatching();
        File.AppendAllText(site.InLive("index.html"), "evil");
        UntilFound("AppendToAFile", "watch");
        // Twice before the watch can have answered the first: it is taken for dead, and what begins anew looks at
        // everything.
        Bounded.Until(() => !watch.SendCanary() | !watch.SendCanary(), "a canary that is not answered");
        UntilFound("AppendToAFile", "watch");
        // That look is over: what is found now, the new watch has told.
        File.AppendAllText(site.InLive("datos/a/b.csv"), "evil");
        site.Alterations("a change after the watch began anew")
            .First(found => found.Alterations.Any(one => one.Path == "datos/a/b.csv"));
    }

    [Fact]
    public void AFolderWhoseNameHasAnAccentIsWatchedAgainAfterItWasExchanged()
    {
        var accented = site.Seal(
            3, new Dictionary<string, string> { ["año/página.html"] = "<h1>corte 3</h1>", ["index.html"] = "3" });
        site.Publish(accented);
        using var watch = site.Watch();
        site.UntilWatching();
        Directory.Move(site.InLive("año"), site.Outside("año"));
        site.Alterations("the folder that is gone").First(found => found.Alterations.Any(one => one.Code == "removed"));
        Directory.CreateDirectory(site.InLive("año"));
        File.Copy(site.Outside("año/página.html"), site.InLive("año/página.html"));
        Assert.Equal(0, Syscall.chmod(site.InLive("año/página.html"), (FilePermissions)0x1A4));
        File.WriteAllText(site.InLive("index.html"), "before");
        site.Alterations("a look after the folder has come back")
            .First(found => found.Alterations.Any(one => one.Path == "index.html"));
        File.AppendAllText(site.InLive("año/página.html"), "evil");
        site.Alterations("a change in the folder that came back")
            .First(found => found.Alterations.Any(one => one is { Path: "año/página.html", Code: "changed" }));
    }

    void UntilFound(string kind, string foundBy)
    {
        var wanted = Tamperings.Named(kind).Code;
        foreach (var found in site.Alterations($"{wanted} after {kind}, by the {foundBy}"))
        {
            Assert.True(found.FoundBy == foundBy || found.FoundBy == "start", found.FoundBy);
            if (found.Alterations.Any(alteration =>
                alteration.Code == wanted
                && (alteration.Release is null || alteration.Release == site.Live
                || kind == "AlterAnOlderRelease"))) return;
        }
    }

    static void Shell(string line) => Bounded.Run("sh", "-c", line);
}
