using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Report;
using Difusor.Agent.Tests.Night;

namespace Difusor.Agent.Tests.Report;

/// <summary>The night as its records tell it, a line for each corte.</summary>
public sealed class NightStoryTests
{
    static readonly DateTimeOffset Opens = new(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5));

    [Fact]
    public void ACorteIsOneLineFromItsArrivalToItsPublication()
    {
        var night = new NightScene("19:30");
        night.Poll();
        night.Recorder.Record(new DeliverySeen("PREP_2000"), night.Now);
        night.To("19:56");
        night.Deliver("20:00");
        night.To("20:01");
        var one = Assert.Single(night.Status().Cortes);
        Assert.Equal(
            (NightScene.At("20:00"), "PREP_2000", "before-opening", false),
            (one.Corte!.Value, one.Package, one.HeldReason, one.Rehearsal));
        Assert.Equal(
            [0, 26, 26, 31],
            new[] { one.Arrived, one.Verified, one.Held, one.Published }
            .Select(at => Math.Round((at!.Value - NightScene.At("19:30")).TotalMinutes)));
    }

    [Fact]
    public void ARestartForgetsNoCorte()
    {
        var night = new NightScene("20:01");
        night.Poll();
        night.Deliver("20:00");
        night.Deliver("20:05", "", null, ReasonCode.DigestMismatch);
        night.Restart();
        var cortes = night.Status().Cortes;
        Assert.NotNull(cortes[0].Published);
        Assert.Equal(("digest-mismatch", "a.html"), (Assert.Single(cortes[1].Reasons), cortes[1].Path));
    }

    [Fact]
    public void ACorteThatARehearsalPlaysHasALineOfItsOwn()
    {
        var story = new NightStory();
        Hear(story, Verified("P"));
        Hear(story, Published("P", Root.Rehearsal));
        Hear(story, Rejected("X", -1) with { Root = Root.Rehearsal });
        Hear(story, Verified("Q"));
        Hear(story, Published("Q", Root.Public));
        var cortes = story.Cortes(TimeSpan.Zero);
        Assert.Equal([("X", true), ("Q", false)], cortes.Select(one => (one.Package, one.Rehearsal)));
        Assert.Null(cortes[1].Rejected);
    }

    [Fact]
    public void AFloodOfRejectedPackagesPushesOutNoVerifiedCorte()
    {
        var story = new NightStory(3);
        Hear(story, Verified("P"));
        for (var number = 0; number < 50; number++) Hear(story, Rejected($"X{number}", number));
        Assert.Equal(["P", "X48", "X49"], story.Cortes(TimeSpan.Zero).Select(one => one.Package));
    }

    [Fact]
    public void AnAlterationIsOpenUntilThatReleaseIsHealed()
    {
        var story = new NightStory();
        Hear(story, new TamperDetected("R1", null, [new("changed", "index.html", "")], 1, "watch"));
        Hear(story, new TamperHealed("R2", null, [], 0, 0.1, 0.2, null));
        Assert.Null(Assert.Single(story.Alterations(TimeSpan.Zero)).Healed);
        Hear(story, new TamperHealed("R1", null, [], 0, 0.1, 0.2, "/quarantine/x"));
        var healed = Assert.Single(story.Alterations(TimeSpan.Zero));
        Assert.Equal(("index.html", 0.2), (Assert.Single(healed.Paths), healed.ExposureSeconds));
        Assert.NotNull(healed.Healed);
    }

    [Fact]
    public void ARecordOfAnotherVersionThatLacksItsListsStopsNothing()
    {
        var story = new NightStory();
        foreach (var code in new[] { "PACKAGE_REJECTED", "TAMPER_DETECTED", "TAMPER_HEALED", "CORTE_PUBLISHED", "NEW" })
        {
            var fields = new JsonObject { ["package"] = "P" };
            story.Hear(new JournalRecord(1, Opens, Opens, code, fields, JournalRecord.Genesis, ""));
        }
        Assert.Equal("P", Assert.Single(story.Cortes(Opens.Offset)).Package);
    }

    [Fact]
    public void TheClocksNightFitsWhateverItsLength()
    {
        var history = new ClockHistory(10);
        for (var at = 0; at < 10_000; at++) history.Add(new ClockSample(Opens.AddSeconds(at * 5), at, 1));
        Assert.InRange(history.Samples.Count, 5, 10);
        Assert.Equal(0, history.Samples[0].Offset);
        Assert.InRange(history.Samples[^1].Offset, 5000, 9999);
    }

    static void Hear(NightStory story, AgentEvent happened) =>
        story.Hear(RecordLine.Write(happened, 1, JournalRecord.Genesis, Opens, Opens).Record);

    static PackageVerified Verified(string package) =>
        new(package, null, new Corte(Opens), 1, 1, null, "", null, null, null);

    static CortePublished Published(string package, Root root) =>
        new(new Corte(Opens), ReleaseId.For(new Corte(Opens), 1), package, null, 1, 1, "", null, root, null);

    static PackageRejected Rejected(string package, int minutes) =>
        new(package, null, new Corte(Opens.AddMinutes(minutes + 1)), null, null, null, null, [], 0);
}
