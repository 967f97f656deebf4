using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using static Difusor.Agent.Tests.Night.NightScene;

namespace Difusor.Agent.Tests.Night;

/// <summary>What an operator may do, and what not (contract, section 8).</summary>
public sealed class OperatorCommandsTests
{
    [Fact]
    public void NothingIsActivatedBeforeTheOpening()
    {
        var night = new NightScene("19:56");
        night.Poll();
        night.Deliver("20:00");
        var reply = night.Ask(Activate("20:00"));
        Assert.Equal((OperatorOutcome.Refused, "not-activated"), (reply.Outcome, reply.Message));
        Assert.Equal("before-opening", reply.Values["reason"]);
        Assert.Null(night.Live);
    }

    [Fact]
    public void ResumeBeforeTheOpeningPublishesNothing()
    {
        var night = new NightScene();
        night.Poll();
        night.Deliver("20:00");
        night.Ask(new WithdrawSite("prueba", Force: true));
        var reply = night.Ask(new ResumeReleases());
        Assert.Equal(("resumed-closed", "before-opening"), (reply.Message, reply.Values["reason"]));
        Assert.Null(night.Live);
    }

    [Fact]
    public void GoingBackMakesAnOlderCorteLiveAndWhatWasOverruledStaysAway()
    {
        var night = Open("20:00", "20:20");
        var reply = night.Ask(Activate("20:00"));
        Assert.Equal("activated", reply.Message);
        Assert.Equal("20:00", night.Live);
        night.To("20:30");
        Assert.Equal("20:00", night.Live);
        night.To("20:41");
        night.Deliver("20:40");
        Assert.Equal("20:40", night.Live);
    }

    [Fact]
    public void UnderAHoldNothingReplacesWhatIsLiveAndResumeDoesNotBringBackWhatWasOverruled()
    {
        var night = Open("20:00", "20:20");
        Assert.Equal("activated-held", night.Ask(Activate("20:00", hold: true)).Message);
        night.To("20:41");
        Assert.Equal(PackageState.Held, night.Deliver("20:40").Outcome);
        Assert.Equal(HoldReason.OperatorHold, night.Last<PackageHeld>().Reason);
        Assert.Equal("20:40", night.Ask(new ResumeReleases()).Values["corte"][11..16]);
        Assert.Equal("20:40", night.Live);
    }

    [Fact]
    public void AfterResumeWhatTheOperatorWentBackFromDoesNotComeBackByItself()
    {
        var night = Open("20:00", "20:20");
        night.Ask(Activate("20:00", hold: true));
        night.Ask(new ResumeReleases());
        night.To("20:30");
        Assert.Equal("20:00", night.Live);
        night.Restart();
        Assert.Equal("20:00", night.Live);
    }

    [Fact]
    public void WithoutAHoldThereIsNothingToResume() =>
        Assert.Equal("no-hold", Open("20:00").Ask(new ResumeReleases()).Message);

    [Fact]
    public void AReleaseThatIsNotStoredCannotBeActivated() =>
        Assert.Equal("no-release", Open("20:00").Ask(Activate("20:20")).Message);

    [Fact]
    public void ACorteOfTheFutureCannotBeActivated()
    {
        var night = Open("20:00");
        night.Deliver("21:00");
        var reply = night.Ask(Activate("21:00"));
        Assert.Equal(("not-activated", "future-corte"), (reply.Message, reply.Values["reason"]));
        Assert.Equal("20:00", night.Live);
    }

    [Fact]
    public void AReleaseWhoseVaultIsDamagedIsNotActivated()
    {
        var night = Open("20:00", "20:20");
        night.Releases.Damaged.Add(RelativePath.Own("a.html"));
        var reply = night.Ask(Activate("20:00"));
        Assert.Equal(
            (OperatorOutcome.Failed, "vault-damaged", "a.html"), (reply.Outcome, reply.Message, reply.Values["path"]));
        Assert.Equal("20:20", night.Live);
    }

    [Fact]
    public void WhatTheDiskRefusesIsAnsweredAndThrown()
    {
        var night = Open("20:00", "20:20");
        night.Releases.Refuses = "Activate";
        var request =
            new OperatorRequest(Activate("20:00"), new Operator(0, "root"), new TaskCompletionSource<OperatorReply>());
        Assert.Throws<IOException>(() => night.Operator.Answer(request, night.Now));
        Assert.Equal(OperatorOutcome.Failed, Bounded.Result(request.Reply.Task, "the answer").Outcome);
    }

    [Fact]
    public void WithdrawingBeforeItsTimeWantsForce()
    {
        var night = Open("20:00");
        Assert.Equal("keep-until", night.Ask(new WithdrawSite("prueba", Force: false)).Message);
        Assert.Equal("20:00", night.Live);
        Assert.Equal("withdrawn", night.Ask(new WithdrawSite("prueba", Force: true)).Message);
        Assert.Null(night.Live);
        Assert.True(night.Last<Difusor.Agent.Events.OperatorAction>().Force);
        night.To("20:21");
        Assert.Equal(PackageState.Held, night.Deliver("20:20").Outcome);
        Assert.Equal("resumed", night.Ask(new ResumeReleases()).Message);
        Assert.Equal("20:20", night.Live);
    }

    [Fact]
    public void AfterKeepUntilTheSiteMayBeWithdrawn()
    {
        var night = Open("20:00");
        night.To("2021-06-08T00:01:00");
        Assert.Equal("withdrawn", night.Ask(new WithdrawSite("terminó", Force: false)).Message);
    }

    [Fact]
    public void WhatIsServedOrWouldBeGoneBackToIsNotRemoved()
    {
        var night = Open("20:00", "20:20");
        night.Deliver("21:00");
        var stored = night.Releases.Sealed;
        Assert.Equal("release-in-use", night.Ask(new RemoveRelease(stored[1].Id.Value, "prueba")).Message);
        Assert.Equal("release-in-use", night.Ask(new RemoveRelease(stored[2].Id.Value, "prueba")).Message);
        Assert.Equal("removed", night.Ask(new RemoveRelease(stored[0].Id.Value, "prueba")).Message);
        Assert.Equal("no-such-release", night.Ask(new RemoveRelease(stored[0].Id.Value, "prueba")).Message);
        Assert.Equal(2, night.Releases.Sealed.Count);
    }

    [Fact]
    public void TheListTellsWhatIsLiveWhatIsHeldAndWhy()
    {
        var night = Open("20:00", "20:20");
        night.Deliver("21:00");
        var listed = night.Ask(new ListReleases()).Releases!;
        Assert.Equal(["held", "live", "stored"], listed.Select(release => release.State));
        Assert.Equal(["future-corte", null, null], listed.Select(release => release.Reason));
        Assert.All(listed, release => Assert.Equal("public", release.Root));
    }

    [Fact]
    public void RetryHasTheRejectedJudgedAgain()
    {
        var night = Open();
        Assert.Equal("retrying", night.Ask(new RetryRejected()).Message);
        Assert.Equal(1, night.Rejudged);
        Assert.Equal("retry", night.Last<Difusor.Agent.Events.OperatorAction>().Action);
    }

    [Fact]
    public void AReasonThatMayNotBeWaivedIsRefusedByTheAgentItself()
    {
        var night = Open();
        var reply = night.Ask(new PublishByHand("/tmp/x", "prueba", ["digest-mismatch"]));
        Assert.Equal(
            (OperatorOutcome.Refused, "not-waivable", "digest-mismatch"),
            (reply.Outcome, reply.Message, reply.Values["code"]));
        Assert.Empty(night.ByHand);
    }

    [Fact]
    public void APublicationByHandIsRecordedBeforeAnythingComesOfIt()
    {
        var night = Open();
        night.Journal.Refuses = EventCode.OperatorAction;
        Assert.Throws<IOException>(() => night.Publish("20:00", []));
        Assert.Null(night.Live);
        Assert.Empty(night.Releases.Sealed);
        night.Publish("20:00", []);
        Assert.Equal("20:00", night.Live);
        var order = night.Journal.Records.Select(record => record.Event).ToList();
        Assert.True(order.LastIndexOf("OPERATOR_ACTION") < order.IndexOf("PACKAGE_VERIFIED"), night.Told);
    }

    [Fact]
    public void AWaiverRemovesOnlyWhatItNames()
    {
        var night = Open();
        var (reply, _) =
            night.Publish("20:00", ["uncovered-file"], ReasonCode.UncoveredFile, ReasonCode.DigestMismatch);
        Assert.Equal((OperatorOutcome.Refused, "rejected"), (reply.Outcome, reply.Message));
        Assert.Equal("digest-mismatch", Assert.Single(reply.Reasons!).Code);
        Assert.Null(night.Live);
    }

    [Fact]
    public void AWaivedReasonIsAWarningFromThenOn()
    {
        var night = Open();
        var (reply, _) = night.Publish("20:00", ["uncovered-file"], ReasonCode.UncoveredFile);
        Assert.Equal((OperatorOutcome.Done, "published"), (reply.Outcome, reply.Message));
        Assert.Equal("uncovered-file", Assert.Single(night.Last<PackageVerified>().Warnings!).Code);
        Assert.Equal("20:00", night.Live);
    }

    [Fact]
    public void APackageWithoutACorteStaysRejectedWhateverIsWaived()
    {
        var night = Open();
        var arrival = night.Judged("20:00", reasons: ReasonCode.NoHtml);
        var without = new Arrival(
            "P", arrival.Verdict with { Corte = null }, arrival.Staged, night.Now, night.Now) { Waived = ["no-html"] };
        night.Verdicts.Take(without, night.Now);
        Assert.Equal(PackageState.Rejected, without.Outcome);
    }

    [Fact]
    public void ASeriesThatWasNotExpectedMayBeWaived()
    {
        var night = Open();
        night.Deliver("20:00", series: "PREP_MEX");
        var arrival = night.Judged("20:00", "b", "PREP_AYUN");
        var waived =
            new Arrival("B", arrival.Verdict, arrival.Staged, night.Now, night.Now) { Waived = ["unexpected-series"] };
        night.Verdicts.Take(waived, night.Now);
        Assert.Equal(PackageState.Published, waived.Outcome);
    }

    [Fact]
    public void TheClockMayBeWaivedFromTenMinutesAfterTheOpeningAndNotBefore()
    {
        var night = new NightScene();
        night.Quietly("20:09");
        Assert.Equal("held", night.Publish("20:00", ["clock-unsynchronized"]).Reply.Message);
        night.Quietly("20:10");
        var (reply, _) = night.Publish("20:00", ["clock-unsynchronized"]);
        Assert.Equal("published", reply.Message);
        Assert.Equal("20:00", night.Live);
    }

    [Fact]
    public void ABoundThatShowsTheHourBeforeTheOpeningIsNotWaivedWhateverTheSystemClockSays()
    {
        var night = new NightScene("19:57") { SystemError = TimeSpan.FromHours(2) };
        night.Poll();
        night.Poll();
        Assert.Equal("clock-drift", night.Clock.Decision.Reason?.Code());
        Assert.Equal("held", night.Publish("20:00", ["clock-drift"]).Reply.Message);
        Assert.Null(night.Live);
    }

    [Fact]
    public void TheSameBytesByHandAreADuplicate() =>
        Assert.Equal("duplicate", Open("20:00").Publish("20:00", []).Reply.Message);

    [Fact]
    public void AnOlderCorteByHandIsSuperseded()
    {
        var night = Open("20:00", "20:20");
        Assert.Equal("superseded", night.Publish("20:10", []).Reply.Message);
    }

    [Fact]
    public void AReissueOfTheCorteThatAnOperatorWentBackFromIsPublished()
    {
        var night = Open("20:00", "20:20");
        night.Ask(Activate("20:00"));
        Assert.Equal(PackageState.Published, night.Deliver("20:20", "corregido").Outcome);
        Assert.Equal("20:20", night.Live);
    }
}
