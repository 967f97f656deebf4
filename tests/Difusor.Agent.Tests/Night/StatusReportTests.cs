using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Tests.Gate;

namespace Difusor.Agent.Tests.Night;

public sealed class StatusReportTests
{
    [Fact]
    public void BeforeTheOpeningItSaysWhatIsMissingAndWhatWaits()
    {
        var night = new NightScene("19:57");
        night.Poll();
        night.Deliver("20:00");
        var status = night.Status();
        Assert.Equal(("closed", "before-opening"), (status.Gate.State, status.Gate.Reason));
        Assert.InRange(status.Gate.Missing!.SecondsLeft!.Value, 179, 181);
        Assert.Equal((0, (double?)null), (status.Gate.Missing.Selections, status.Gate.Missing.WithoutServersSeconds));
        Assert.Equal("before-opening", Assert.Single(status.Held).Reason);
        Assert.Null(status.Published);
        Assert.Equal(night.Journal.Seq, status.Journal.Seq);
        Assert.Equal(night.Journal.Head, status.Journal.Head);
    }

    [Fact]
    public void WhatIsPublishedIsSoSinceItsPublicationAndNotSinceItWasSealed()
    {
        var night = new NightScene("19:00");
        night.Poll();
        night.Deliver("20:00");
        night.To("20:01");
        var published = night.Status().Published!;
        Assert.Equal(
            (NightScene.At("20:00"), NightScene.At("20:01").Minute), (published.Corte, published.Since.Minute));
        night.Quietly("20:10");
        night.Restart();
        Assert.Equal(1, night.Status().Published!.Since.Minute);
    }

    [Fact]
    public void ALiarIsShownAsOneAndASilentServerAsSilent()
    {
        var night = new NightScene("19:00");
        night.Poll(0, 0, 0, 30, double.NaN);
        Assert.Equal(
            ["agrees", "agrees", "agrees", "falseticker", "silent"],
            night.Status().Clock.Servers.Select(server => server.State));
        Assert.Equal(
            [0, 0, 0, -30, null],
            night.Status()
            .Clock.Servers.Select(
            server => server.OffsetSeconds is { } offset ? Math.Round(offset) : (double?)null));
        Assert.True(night.Status().Clock.Synchronized);
    }

    [Fact]
    public void WithoutServersItSaysForHowLong()
    {
        var night = new NightScene("19:00");
        night.Poll(double.NaN, double.NaN);
        night.Quietly("19:10");
        Assert.InRange(night.Status().Gate.Missing!.WithoutServersSeconds!.Value, 599, 601);
        Assert.False(night.Status().Clock.Synchronized);
        Assert.Null(night.Status().Clock.Earliest);
    }

    [Fact]
    public void AHoldSaysWhatIsHeldSinceWhenAndWhy()
    {
        var night = new NightScene("20:01");
        night.Poll();
        night.Deliver("20:00");
        night.Ask(new ActivateRelease(NightScene.Stamp("20:00"), "revisión", Hold: true));
        var hold = night.Status().Hold!;
        Assert.Equal((NightScene.At("20:00"), "revisión"), (hold.Corte!.Value, hold.Reason));
        night.Ask(new ResumeReleases());
        Assert.Null(night.Status().Hold);
    }

    [Fact]
    public void AHoldTellsTheCorteThatIsHeldAndNotTheNewest()
    {
        var night = new NightScene("20:01");
        night.Poll();
        night.Deliver("20:00");
        night.To("20:21");
        night.Deliver("20:20");
        night.Ask(new ActivateRelease(NightScene.Stamp("20:00"), "revisión", Hold: true));
        Assert.Equal(NightScene.At("20:00"), night.Status().Hold!.Corte);
    }

    [Fact]
    public void AHoldOnAReleaseThatIsStoredNoLongerIsStillShown()
    {
        var night = new NightScene("20:01");
        var gone = ReleaseId.For(new Corte(NightScene.At("20:00")), 7);
        night.Releases.Choose(Root.Public, new OperatorChoice(gone, null, Hold: true, "revisión", night.Now.System));
        var hold = night.Status().Hold!;
        Assert.Equal((null, "revisión", NightScene.At("20:01")), (hold.Corte, hold.Reason, hold.Since));
    }

    [Fact]
    public void AnOpenGateHasNoReasonAndMissesNothing()
    {
        var night = new NightScene("20:01");
        night.Poll();
        Assert.Equal(new GateStatus("open", null, NightScene.At("20:00")), night.Status().Gate);
    }

    [Fact]
    public void AGateThatWasNeverAskedIsClosed()
    {
        var clock = new NightClock(VirtualHost.Profile, new ClockSettings());
        Assert.Equal(GateReason.ClockUnsynchronized, clock.Decision.Reason);
    }

    [Fact]
    public void AServerIsShownByTheAddressThatWasAskedOrByItsNameIfItHasNone()
    {
        var night = new NightScene("20:01");
        ImmutableArray<ServerReply> replies =
        [
            new("ntp.example", "192.0.2.1:123", ReplyKind.Silent), new("gone.example", "", ReplyKind.Silent),
        ];
        night.Gate.Take(new NtpPoll(replies, night.Now, night.Now));
        Assert.Equal(
            [new ServerStatus("192.0.2.1:123", "silent"), new ServerStatus("gone.example", "silent")],
            night.Status().Clock.Servers);
    }

    [Fact]
    public void TheLastRejectionsComeNewestFirstAndAreTen()
    {
        var night = new NightScene("20:01");
        night.Poll();
        foreach (var number in Enumerable.Range(0, 12))
            night.Deliver("20:00", $"-{number}", null, ReasonCode.DigestMismatch);
        var rejections = night.Status().LastRejections;
        Assert.Equal(10, rejections.Count);
        Assert.Equal("PREP_2000-11", rejections[0].Package);
        Assert.Equal(("digest-mismatch", "a.html"), (rejections[0].Reasons[0].Code, rejections[0].Reasons[0].Path));
    }

    [Theory]
    [InlineData(DeliveryState.Arriving, false, "arriving"), InlineData(DeliveryState.Stalled, false, "stalled")]
    [InlineData(DeliveryState.Judging, false, "verifying"), InlineData(DeliveryState.SetAside, false, "set-aside"),
        InlineData(DeliveryState.Arriving, true, "waiting")]
    public void ADeliveryIsShownAsWhatItIs(DeliveryState state, bool waits, string shown)
    {
        var night = new NightScene();
        var progress = new DeliveryProgress("P", state, 3, 100, night.Now, night.Now, waits);
        var status = night.Report.At(
            night.Now, new StatusSources([progress], 7, new SentinelStatus("intact", null, 0), []));
        Assert.Equal(
            (shown, 3, 100L), (status.Deliveries[0].State, status.Deliveries[0].Files, status.Deliveries[0].Bytes));
        Assert.Equal(7, status.DeliveriesTotal);
    }

    [Fact]
    public void ARehearsalStandsBesideWhatIsPublic()
    {
        var night = new NightScene("2021-05-31T12:00:00");
        night.Poll();
        night.Deliver("20:00");
        Assert.Equal(NightScene.At("20:00"), night.Status().Rehearsal?.Corte);
        Assert.Null(night.Status().Published);
    }
}
