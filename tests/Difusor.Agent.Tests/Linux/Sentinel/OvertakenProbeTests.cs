using Difusor.Agent.Configuration;
using Difusor.Agent.Daemon;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Tests.Gate;
using Difusor.Agent.Tests.Night;

namespace Difusor.Agent.Tests.Linux;

/// <summary>What the agent loop makes of a probe's rounds, and of the runs of the notify command.</summary>
public sealed class OvertakenProbeTests : IDisposable
{
    static readonly Uri Site = new("http://127.0.0.1:9/");
    readonly StoreNight night = new();
    readonly TemporaryFolder run = new();
    readonly MemoryJournal journal = new();
    readonly Notifier notifier = new(_ => { });
    readonly Settings settings;
    readonly TroubleBoard troubles;
    readonly IntegrityMonitor sentry;

    public OvertakenProbeTests()
    {
        settings = new Settings
        {
            Election = "prueba",
            Paths = new PathSettings { State = Path.GetDirectoryName(night.Folders.Public)!, Run = run["run"] },
            Sentinel = new SentinelSettings { Probes = [new UrlEvery(Site, TimeSpan.FromMinutes(1))] },
            Notify = new NotifySettings { Command = "true" },
        };
        var clock = new NightClock(VirtualHost.Profile, settings.Clock);
        troubles = new TroubleBoard(settings.Language, _ => { });
        sentry = new IntegrityMonitor(
            settings, night.Store, new EventRecorder(journal, clock, troubles.Hear), troubles, notifier,
            new WatchAllowance(), post: _ => { }, complain: _ => { });
    }

    public void Dispose()
    {
        sentry.Dispose();
        run.Dispose();
        night.Dispose();
    }

    [Fact]
    public void ARoundThatASwapHasOvertakenIsNoMismatch()
    {
        var before = night.Publish(0, StoreNight.Site(2));
        var live = night.Publish(20, StoreNight.Site(2, "20:20", 2));
        sentry.Take(Mismatch(before), HostClock.Read());
        sentry.Take(Mismatch(Notice(StoreNight.Notice)), HostClock.Read());
        Assert.Empty(journal.Records);
        sentry.Take(Mismatch(live), HostClock.Read());
        Assert.IsType<ProbeMismatch>(Assert.Single(journal.Records).Happened);
    }

    [Fact]
    public void AGoodRoundEndsTheTroubleWithAnEventAndOnce()
    {
        var live = night.Publish(0, StoreNight.Site(2));
        sentry.Take(new ProbeFinished(Site, Tree(live), null), HostClock.Read());
        Assert.Empty(journal.Records);
        sentry.Take(Mismatch(live), HostClock.Read());
        Assert.False(troubles.IsWell);
        for (var round = 1; round <= 3; round++)
            sentry.Take(new ProbeFinished(Site, Tree(live), null), HostClock.Read());
        Assert.Equal(["PROBE_MISMATCH", "PROBE_RECOVERED"], journal.Records.Select(record => record.Event));
        Assert.True(troubles.IsWell);
    }

    /// <summary>What one site serves was counted for the other site at the same address, too.</summary>
    [Fact]
    public void TwoSitesAtOneAddressAreSeenApart()
    {
        Uri first = new("http://a.mx@127.0.0.1:9/"), second = new("http://b.mx@127.0.0.1:9/");
        sentry.Apply(settings with
        {
            Sentinel = new SentinelSettings
            {
                Probes = [new UrlEvery(first, TimeSpan.FromMinutes(1)), new UrlEvery(second, TimeSpan.FromMinutes(1))],
            },
        });
        var live = night.Publish(0, StoreNight.Site(2));
        sentry.Take(new ProbeFinished(first, Tree(live), null), HostClock.Read());
        Assert.Equal(1, sentry.Status.ProbesGood);
        sentry.Take(new ProbeFinished(second, Tree(live), Unanswered), HostClock.Read());
        Assert.Equal(1, sentry.Status.ProbesGood);
        var told = Assert.IsType<ProbeFailed>(Assert.Single(journal.Records).Happened);
        Assert.Equal("http://b.mx@127.0.0.1:9/", told.Url);
    }

    /// <summary>Apache was down before the opening, and all lights were green.</summary>
    [Fact]
    public void BeforeTheFirstPublicationTheNoticePageIsWhatMustBeServed()
    {
        sentry.Turn();
        Assert.Equal(0, sentry.Status.ProbesGood);
        sentry.Take(new ProbeFinished(Site, Notice(StoreNight.Notice), Unanswered), HostClock.Read());
        Assert.Equal("PROBE_FAILED", Assert.Single(journal.Records).Event);
        Assert.Equal(0, sentry.Status.ProbesGood);
        sentry.Take(Mismatch(Notice(StoreNight.Withdrawn)), HostClock.Read());
        Assert.Single(journal.Records);
        sentry.Take(Mismatch(Notice(StoreNight.Notice)), HostClock.Read());
        Assert.Null(Assert.IsType<ProbeMismatch>(journal.Records[^1].Happened).Release);
        sentry.Take(new ProbeFinished(Site, Notice(StoreNight.Notice), null), HostClock.Read());
        Assert.Equal("PROBE_RECOVERED", journal.Records[^1].Event);
        Assert.Equal(1, sentry.Status.ProbesGood);
    }

    /// <summary>What a probe saw of the corte before says nothing of the next.</summary>
    [Fact]
    public void WhatAProbeSawCountsUntilSomethingElseMustBeServed()
    {
        var first = night.Publish(0, StoreNight.Site(2));
        sentry.Take(new ProbeFinished(Site, Tree(first), null), HostClock.Read());
        Assert.Equal(1, sentry.Status.ProbesGood);
        var next = night.Publish(20, StoreNight.Site(2, "20:20", 2));
        sentry.Turn();
        Assert.Equal(0, sentry.Status.ProbesGood);
        sentry.Take(new ProbeFinished(Site, Tree(next), null), HostClock.Read());
        Assert.Equal(1, sentry.Status.ProbesGood);
    }

    [Fact]
    public void AProbeThatIsConfiguredNoMoreIsNoTrouble()
    {
        sentry.Take(Mismatch(night.Publish(0, StoreNight.Site(2))), HostClock.Read());
        sentry.Tick(HostClock.Read());
        Assert.False(troubles.IsWell);
        sentry.Apply(settings with { Sentinel = new SentinelSettings() });
        sentry.Tick(HostClock.Read());
        Assert.True(troubles.IsWell);
        Assert.Equal("unconfigured", (string?)journal.Records[^1].Fields["cause"]);
    }

    [Fact]
    public void ACommandThatCannotTellIsATroubleUntilItHasTold()
    {
        sentry.Take(new NotifyRan("notify.command ended with 7"), HostClock.Read());
        sentry.Take(new NotifyRan("notify.command ended with 7"), HostClock.Read());
        Assert.IsType<NotifyFailed>(Assert.Single(journal.Records).Happened);
        sentry.Take(new NotifyRan(null), HostClock.Read());
        sentry.Take(new NotifyRan(null), HostClock.Read());
        Assert.Equal(["NOTIFY_FAILED", "TROUBLE_ENDED"], journal.Records.Select(record => record.Event));
        Assert.True(troubles.IsWell);
    }

    [Fact]
    public void WhatAnEarlierRunFoundAlteredIsOverOnceAllWasHashedAndIsIntact()
    {
        var clock = new NightClock(VirtualHost.Profile, settings.Clock);
        var before = new EventRecorder(journal, clock, troubles.Recall);
        before.Record(new TamperDetected("r", null, [], null, "watch"), HostClock.Read());
        sentry.Take(new RescanFinished(WasFull: false), HostClock.Read());
        Assert.False(troubles.IsWell);
        sentry.Take(new RescanFinished(WasFull: true), HostClock.Read());
        Assert.True(troubles.IsWell);
        Assert.Equal("found-intact", (string?)journal.Records[^1].Fields["cause"]);
    }

    static ProbeFinding Unanswered => new(
        ProbeTrouble.NoAnswer, EventCode.ProbeFailed, "index.html", null, null, null, null, "Connection refused");

    SealedTree Tree(Release release) => new(night.Store.Record(release)!, Root.Public, 0);

    static SealedTree Notice(string page) => ExpectedRoot.NoticeTree(Root.Public, Encoding.UTF8.GetBytes(page), 0);

    /// <summary>Other bytes were served than those that had to be.</summary>
    ProbeFinished Mismatch(Release expected) => Mismatch(Tree(expected));

    static ProbeFinished Mismatch(SealedTree expected)
    {
        var file = new ReleaseFile(RelativePath.Own("index.html"), 3, Digest.Sha256("uno"u8), 0);
        var answer = new ProbeAnswer(200, null, "text/html", null, 3, Digest.Sha256("dos"u8), null, null);
        return new ProbeFinished(Site, expected, ProbeJudgement.Judge(file, answer, []));
    }
}
