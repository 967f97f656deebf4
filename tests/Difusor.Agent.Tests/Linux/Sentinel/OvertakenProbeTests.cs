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

/// <summary>A round of a probe ends on its own thread, and the agent loop hears of it later.</summary>
public sealed class OvertakenProbeTests
{
    static readonly Uri Site = new("http://127.0.0.1:9/");

    [Fact]
    public void ARoundThatASwapHasOvertakenIsNoMismatch()
    {
        using var night = new StoreNight();
        using var run = new TemporaryFolder();
        var settings = new Settings
        {
            Election = "prueba",
            Paths = new PathSettings { State = Path.GetDirectoryName(night.Folders.Public)!, Run = run["run"] },
            Sentinel = new SentinelSettings { Probes = [new UrlEvery(Site, TimeSpan.FromMinutes(1))] },
        };
        var clock = new NightClock(VirtualHost.Profile, settings.Clock);
        var (journal, troubles) = (new MemoryJournal(), new TroubleBoard(clock, settings.Language, _ => { }));
        var recorder = new EventRecorder(journal, clock, troubles.Hear);
        using var notifier = new Notifier(_ => { });
        using var sentry = new IntegrityMonitor(
            settings, night.Store, recorder, troubles, notifier, new WatchAllowance(), post: _ => { }, complain: _ =>
                { });
        var before = night.Publish(0, StoreNight.Site(2));
        var live = night.Publish(20, StoreNight.Site(2, "20:20", 2));
        sentry.Take(Mismatch(before), HostClock.Read());
        Assert.Empty(journal.Records);
        sentry.Take(Mismatch(live), HostClock.Read());
        Assert.IsType<ProbeMismatch>(Assert.Single(journal.Records).Happened);
    }

    /// <summary>Other bytes were served than those of a release.</summary>
    static ProbeFinished Mismatch(Release expected)
    {
        var file = new ReleaseFile(RelativePath.Own("index.html"), 3, Digest.Sha256("uno"u8), 0);
        var answer = new ProbeAnswer(200, null, "text/html", null, 3, Digest.Sha256("dos"u8), null, null);
        return new ProbeFinished(Site, expected.Id, ProbeJudgement.Judge(file, answer, []));
    }
}
