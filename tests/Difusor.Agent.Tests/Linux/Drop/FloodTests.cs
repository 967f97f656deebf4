using Difusor.Agent.Events;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Night;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// A sender who floods the drop: what it costs is bounded, and a genuine corte does not wait behind it.
/// </summary>
public sealed class FloodTests
{
    const string Genuine = "PREP_20210606_2040";

    /// <summary>
    /// Of 200: eight are staged at one time, the genuine corte among the first, and those that are done before it make
    /// room for others.
    /// </summary>
    const int AFewRounds = 32;

    static readonly ReceivingBounds Patient = new() { FirstLook = TimeSpan.FromMinutes(1) };

    static int VerdictsBefore(DropNight night)
    {
        var verdicts = 0;
        while (night.NextVerdict().Package != Genuine) verdicts++;
        return verdicts;
    }

    static void PutJunk(DropNight night, int count, string name = "junk")
    {
        for (var number = 0; number < count; number++) night.PutFile($"{name}{number:D4}/a.html", "x");
    }

    /// <summary>Whole by its manifest, and rejected all the same: a verdict at once, whenever it is touched.</summary>
    static SortedDictionary<string, string> Hostile()
    {
        var files = DropNight.Package();
        files["evil.php"] = "<?php ?>";
        files["SHA256SUMS"] += $"{DropNight.Hex(files["evil.php"])}  evil.php\n";
        return files;
    }

    [Fact]
    public void ManyUnfinishedFoldersHoldNoMoreTreesThanAreStagedAtOnce()
    {
        using var night = new DropNight(
            settings =>
            settings with { Drop =
            settings.Drop with { Settle = TimeSpan.FromMinutes(30), GiveUp = TimeSpan.FromHours(1) } });
        PutJunk(night, 300);
        night.Put(Genuine, DropNight.Package("20:40"));
        night.SeenUntilJudged(Genuine);
        // Those in hand, and those that are being removed.
        Assert.InRange(Directory.GetDirectories(Path.Combine(night.State, "staging")).Length, 1, 60);
    }

    [Fact]
    public void LongVerdictsOnNamesOfTheSameCorteDoNotTakeAllPlaces()
    {
        using var night =
            new DropNight(settings => settings with { Drop = settings.Drop with { Settle = TimeSpan.Zero } }, Patient);
        night.Stop();
        var absent =
            string.Concat(Enumerable.Range(0, 60_000).Select(number => $"{new string('0', 64)}  {number:D6}.html\n"));
        for (var number = 0; number < 16; number++)
            night.Put(
                $"HOSTIL{number:D2}_20210606_2040",
                new Dictionary<string, string> { ["index.html"] = "x", ["SHA256SUMS"] = absent });
        night.Start();
        night.Next<DeliveryStalls>();
        night.PutWhole(Genuine, DropNight.Package("20:40"));
        var before = 0;
        Signal signal;
        do
        {
            signal = night.Next<Signal>();
            if (signal is DeliveryStalls) before++;
        }
        while (signal is not DeliveryJudged);
        // The one whose verdict is being made when the genuine corte comes, and some that are quicker than its files.
        Assert.InRange(before, 0, 4);
    }

    [Fact]
    public void TheGenuineCorteIsStagedBeforeAnythingElseThatLiesThere()
    {
        using var night =
            new DropNight(settings => settings with { Drop = settings.Drop with { Settle = TimeSpan.Zero } }, Patient);
        night.Stop();
        PutJunk(night, 100);
        night.Put(Genuine, DropNight.Package("20:40"));
        PutJunk(night, 100, "other");
        night.Start();
        Assert.InRange(VerdictsBefore(night), 0, AFewRounds);
    }

    [Fact]
    public void WhereAllAreNamedLikeACorteThoseWithAHashComeFirst()
    {
        using var night =
            new DropNight(settings => settings with { Drop = settings.Drop with { Settle = TimeSpan.Zero } }, Patient);
        night.Stop();
        PutJunk(night, 100, "PREP_20210606_2050_");
        night.Put(Genuine, DropNight.Package("20:40"));
        PutJunk(night, 100, "PREP_20210606_2051_");
        night.Start();
        Assert.InRange(VerdictsBefore(night), 0, AFewRounds);
    }

    [Fact]
    public void ARejectThatIsTouchedForEverHasThreeVerdictsAtOnceAndThenWaits()
    {
        using var night = new DropNight();
        night.Put("junk", Hostile());
        for (var verdict = 0; verdict < 3; verdict++)
        {
            Assert.False(night.NextVerdict().Accepted);
            night.PutFile("junk/dip/001.html", DropNight.Package()["dip/001.html"]);
        }
        night.Put(Genuine, DropNight.Package("20:40"));
        Assert.Equal(Genuine, night.NextVerdict().Package);
    }

    [Fact]
    public void ARejectThatIsRemovedAndMadeAgainWaitsToo()
    {
        using var night = new DropNight();
        for (var verdict = 0; verdict < 3; verdict++)
        {
            night.Put("junk", Hostile());
            Assert.False(night.NextVerdict().Accepted);
            Directory.Delete(night.In("junk"), recursive: true);
        }
        night.Put("junk", Hostile());
        night.Put(Genuine, DropNight.Package("20:40"));
        Assert.Equal(Genuine, night.NextVerdict().Package);
    }

    [Fact]
    public void AListThatNamesOtherArchivesHasNoneJudgedAgain()
    {
        using var night = new DropNight();
        for (var number = 0; number < 5; number++)
            File.WriteAllText(night.In($"junk{number}.zip"), $"no archive {number}");
        for (var number = 0; number < 5; number++) Assert.False(night.NextVerdict().Accepted);
        night.PutFile("SHA256SUMS", $"{DropNight.Hex("other")}  other.zip\n{DropNight.Hex("junk")}  more/junk1.zip\n");
        night.PutFile("Q/a.html", "judged once it is quiet, and by then the archives would have been, too");
        Assert.Equal(["Q"], night.SeenUntilJudged("Q"));
    }

    [Fact]
    public void AListThatNamesAnArchiveNoLongerHasThatArchiveJudgedAgain()
    {
        using var night = new DropNight();
        var digest = DropNight.Hex("something else");
        night.PutFile("SHA256SUMS", $"{digest}  junk0.zip\n{digest}  junk1.zip\n");
        for (var number = 0; number < 3; number++)
            File.WriteAllText(night.In($"junk{number}.zip"), $"no archive {number}");
        // Until the list has been read an archive may have a verdict without it, and one more after.
        UntilListed(night, "junk1.zip", isListed: true);
        night.PutFile("SHA256SUMS", $"{digest}  junk0.zip\n");
        UntilListed(night, "junk1.zip", isListed: false);
    }

    static void UntilListed(DropNight night, string archive, bool isListed)
    {
        DeliveryJudged judged;
        do judged = night.Next<DeliveryJudged>();
        while (judged.Delivery != archive
            || judged.Verdict.Reasons.Any(reason => reason.Code == "digest-mismatch") != isListed);
    }

    /// <summary>
    /// A system clock that runs ahead, in this test by years, would have it take junk for newer cortes.
    /// </summary>
    [Fact]
    public void WhatIsOfTheFutureTrustedTimeSaysAndNotTheSystemClock()
    {
        using var night = new DropNight(
            settings => settings with { Drop = settings.Drop with { Settle = TimeSpan.Zero } },
            new() { VerdictsAtOnce = 2, VerdictsAMinute = 1 });
        night.Receiver.TimeIs(
            DateTimeOffset.Parse("2021-06-06T20:45:00-06:00", System.Globalization.CultureInfo.InvariantCulture));
        foreach (var number in Enumerable.Range(0, 3))
            night.PutWhole($"JUNK{number}_20210606_2050", new Dictionary<string, string> { ["a.html"] = "x" });
        night.PutWhole("PREP_20210607_0800", DropNight.Package("20:40"));
        night.PutWhole(Genuine, DropNight.Package("20:40"));
        Assert.InRange(VerdictsBefore(night), 0, 1);
    }

    [Fact]
    public void VerdictsThatAreTooManyAreNotToldAndTheNextOneSaysHowMany()
    {
        using var night = new DropNight(
            settings => settings with { Drop = settings.Drop with { Settle = TimeSpan.Zero } },
            new() { VerdictsAtOnce = 10, VerdictsAMinute = 1 });
        night.Stop();
        PutJunk(night, 60);
        night.Start();
        List<Signal> signals = [];
        void Until(Func<Signal, bool> wanted)
        {
            do signals.Add(night.Next<Signal>());
            while (!wanted(signals[^1]));
        }
        Until(signal => signal is DropCrowd);
        Assert.Equal(CrowdCause.Verdicts, ((DropCrowd)signals[^1]).Change.Cause);
        night.PutWhole(Genuine, DropNight.Package("20:40"));
        Until(signal => signal is DeliveryJudged { Delivery: Genuine });
        var genuine = (DeliveryJudged)signals[^1];
        Assert.True(genuine.Verdict.Accepted);
        // Of sixty no more than five: half of the ten is kept for names like the genuine one's, and one a minute comes
        // after.
        Assert.InRange(signals.Count(signal => signal is DeliveryJudged), 1, 8);
        Assert.InRange(signals.OfType<DeliveryJudged>().Sum(judged => judged.PutOff), 1, 1000);
    }

    [Fact]
    public void OfMoreEntriesThanAreLookedAtTheGenuineHasItsPlaceAndOneEventTellsOfTheRest()
    {
        using var night = new DropNight(
            settings =>
            settings with { Drop = settings.Drop
            with { Settle = TimeSpan.FromMinutes(30), GiveUp = TimeSpan.FromHours(1) } },
            new() { Entries = 20 });
        night.Stop();
        PutJunk(night, 100);
        night.Start();
        var crowd = night.Next<DropCrowd>().Change;
        Assert.Equal((CrowdCause.Entries, 80), (crowd.Cause, crowd.Count.NotLookedAt));
        night.Put(Genuine, DropNight.Package("20:40"));
        Assert.Equal(Genuine, night.NextVerdict().Package);
        Assert.InRange(night.Receiver.Unjudged, 1, 20);
    }

    [Fact]
    public void EmptyArchivesWithNamesOfANewerCorteKeepNoPlaceFromTheGenuineOne()
    {
        using var night = new DropNight(bounds: new() { Entries = 20 });
        night.Stop();
        for (var number = 0; number < 60; number++) night.PutFile($"PREP_20210606_2040_V{number:D2}.zip", "");
        night.Start();
        for (var stalled = 0; stalled < 20; stalled++) night.Next<DeliveryStalls>();
        night.PutWhole(Genuine, DropNight.Package("20:40"));
        Assert.True(night.NextVerdictOn(Genuine).Accepted);
    }

    [Fact]
    public void AGenuineCorteAmongMoreNewerNamesThanThereArePlacesHasItsTurn()
    {
        using var night = new DropNight(bounds: new() { Entries = 20 });
        night.Stop();
        for (var number = 0; number < 60; number++) night.PutFile($"PREP_20210606_2040_V{number:D2}.zip", "");
        night.PutWhole(Genuine, DropNight.Package("20:40"));
        night.Start();
        Assert.True(night.NextVerdictOn(Genuine).Accepted);
    }

    [Fact]
    public void ManyDeliveriesAreCountedAndFewAreListed()
    {
        using var night = new DropNight(
            settings =>
            settings with { Drop = settings.Drop
            with { Settle = TimeSpan.FromMinutes(30), GiveUp = TimeSpan.FromHours(1) } },
            new() { Listed = 10 });
        night.Stop();
        PutJunk(night, 100);
        night.Start();
        night.Put(Genuine, DropNight.Package("20:40"));
        night.SeenUntilJudged(Genuine);
        Assert.True(
            SpinWait.SpinUntil(() => night.Receiver.Unjudged == 100, TimeSpan.FromSeconds(60)),
            $"{night.Receiver.Unjudged} have no verdict, expected are 100");
        Bounded.Until(() => night.Receiver.Progress.Length is >= 1 and <= 10, "a list of one to ten");
    }

    [Fact]
    public void AnOperatorsRetryEndsThePauses()
    {
        using var night = new DropNight();
        night.Put("junk", Hostile());
        for (var verdict = 0; verdict < 3; verdict++)
        {
            Assert.False(night.NextVerdict().Accepted);
            night.PutFile("junk/dip/001.html", DropNight.Package()["dip/001.html"]);
        }
        night.Receiver.Rejudge();
        Assert.Equal("junk", night.NextVerdict().Package);
    }
}
