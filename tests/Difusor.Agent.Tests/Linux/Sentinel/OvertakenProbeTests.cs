using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;

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
        List<EventCode> told = [];
        using var sentry = new Sentry(settings, night.Store, (happened, _) => told.Add(happened.Code), _ => { });
        var before = night.Publish(0, StoreNight.Site(2));
        var live = night.Publish(20, StoreNight.Site(2, "20:20", 2));
        sentry.Take(Mismatch(before), HostClock.Read());
        Assert.Empty(told);
        sentry.Take(Mismatch(live), HostClock.Read());
        Assert.Equal([EventCode.ProbeMismatch], told);
    }

    /// <summary>Other bytes were served than those of a release.</summary>
    static ProbeFinished Mismatch(Release expected)
    {
        var file = new ReleaseFile(RelativePath.Own("index.html"), 3, Digest.Sha256("uno"u8), 0);
        var answer = new ProbeAnswer(200, null, "text/html", null, 3, Digest.Sha256("dos"u8), null, null);
        return new ProbeFinished(Site, expected.Id, ProbeJudgement.Judge(file, answer, []));
    }
}
