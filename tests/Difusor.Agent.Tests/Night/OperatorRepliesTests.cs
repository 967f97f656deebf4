using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using static Difusor.Agent.Tests.Night.NightScene;

namespace Difusor.Agent.Tests.Night;

/// <summary>What an operator is told: the message, and each value that its sentence names.</summary>
public sealed class OperatorRepliesTests
{
    const string First = "2021-06-06T20:00:00-05:00", Second = "2021-06-06T20:20:00-05:00";

    static OperatorRequest Request(OperatorCommand action) =>
        new(action, new Operator(0, "root"), new TaskCompletionSource<OperatorReply>());

    static OperatorReply Answer(OperatorRequest request) => Bounded.Result(request.Reply.Task, "the answer");

    static void Says(
        OperatorReply reply, OperatorOutcome outcome, string message, params (string Name, string Value)[] values)
    {
        Assert.Equal((outcome, message), (reply.Outcome, reply.Message));
        Assert.Equal(values.Order(), reply.Values.Select(value => (value.Key, value.Value)).Order());
    }

    static Difusor.Agent.Events.OperatorAction Action(NightScene night) =>
        night.Last<Difusor.Agent.Events.OperatorAction>();

    [Fact]
    public void WhatIsActivatedIsToldAndRecordedAsAPublicationWithWhatWasLiveBefore()
    {
        var night = Open("20:00", "20:20");
        var before = night.Releases.Live(Root.Public)!;
        var wanted = night.Releases.Previous(Root.Public)!;
        var reply = night.Ask(Activate("20:00"));
        var live = night.Releases.Live(Root.Public)!;
        Says(reply, OperatorOutcome.Done, "activated", ("corte", First), ("release", live.Id.Value));
        var told = night.Last<CortePublished>();
        Assert.Equal((live.Id, before.Id, Root.Public), (told.Release, told.Previous, told.Root));
        Assert.Null(told.Seconds);
        var action = Action(night);
        Assert.Equal(
            ("activate", 1000u, "sysadmin", "prueba"), (action.Action, action.Uid, action.Name, action.Reason));
        Assert.Equal((First, wanted.Id.Value, false), (action.Corte.ToString(), action.Release, action.Hold));
        reply = night.Ask(Activate("20:20", hold: true));
        Says(
            reply, OperatorOutcome.Done, "activated-held", ("corte", Second),
            ("release", night.Releases.Live(Root.Public)!.Id.Value));
        Assert.True(Action(night).Hold);
    }

    [Fact]
    public void ResumeIsRecordedAndTellsWhatIsLive()
    {
        var night = Open("20:00");
        night.Ask(Activate("20:00", hold: true));
        Says(night.Ask(new ResumeReleases()), OperatorOutcome.Done, "resumed", ("corte", First));
        Assert.Equal("resume", Action(night).Action);
    }

    [Fact]
    public void WhatCannotBeActivatedIsToldWithWhatWasAskedOrTheDamagedPaths()
    {
        var night = Open("20:00");
        Says(night.Ask(Activate("20:20")), OperatorOutcome.Refused, "no-release", ("which", Second));
        night.Releases.Damaged.AddRange([RelativePath.Own("a.html"), RelativePath.Own("b/c.html")]);
        Says(
            night.Ask(Activate("20:00")), OperatorOutcome.Failed, "vault-damaged", ("path", "a.html, b/c.html"));
    }

    [Fact]
    public void WhatIsRemovedIsToldAndRecordedWithItsCorteAndItsPackage()
    {
        var night = Open("20:00");
        night.Deliver("20:20");
        var (future, live) = (night.Releases.Sealed[0].Id.Value, night.Releases.Sealed[1].Id.Value);
        Says(
            night.Ask(new RemoveRelease(live, "prueba")), OperatorOutcome.Refused, "release-in-use", ("release", live));
        Says(
            night.Ask(new RemoveRelease(future, "prueba")), OperatorOutcome.Done, "removed", ("release", future),
            ("corte", Second));
        var action = Action(night);
        Assert.Equal(
            (Second, future, "PREP_2020"), (action.Corte.ToString(), action.Release, action.Package));
        Says(
            night.Ask(new RemoveRelease(future, "prueba")), OperatorOutcome.Refused, "no-such-release",
            ("release", future));
    }

    [Fact]
    public void TheSiteStaysUpUntilTrustedTimeSaysSoWhateverTheSystemClockSays()
    {
        var night = new NightScene("2021-06-07T12:00:00") { SystemError = TimeSpan.FromDays(1) };
        night.Poll();
        Says(
            night.Ask(new WithdrawSite("prueba", Force: false)), OperatorOutcome.Refused, "keep-until",
            ("keep_until", "2021-06-07T23:59:59-05:00"));
    }

    [Fact]
    public void WithoutTrustedTimeTheSiteMayComeDownAtKeepUntilByTheSystemClock()
    {
        var withdraw = new WithdrawSite("prueba", Force: false);
        Assert.Equal("keep-until", new NightScene("2021-06-07T23:59:58").Ask(withdraw).Message);
        Assert.Equal("withdrawn", new NightScene("2021-06-07T23:59:59").Ask(withdraw).Message);
    }

    [Fact]
    public void AReasonThatMayNotBeWaivedIsAnsweredWithThoseThatMay() =>
        Says(
            Open().Ask(new PublishByHand("/tmp/x", "prueba", ["no-html", "no-hash"])), OperatorOutcome.Refused,
            "not-waivable", ("code", "no-hash"), ("waivable", string.Join(", ", PublishByHand.Waivable)));

    [Fact]
    public void ACommandThatTheAgentDoesNotKnowIsRefused() =>
        Says(Open().Ask(new UnknownCommand()), OperatorOutcome.Refused, "not-understood");

    [Fact]
    public void AnUnforeseenErrorIsAnsweredWithTheEventThatHasIt()
    {
        var request = Request(new RetryRejected());
        OperatorCommands.FailedUnforeseen(request);
        Says(Answer(request), OperatorOutcome.Failed, "failed", ("fault", "INTERNAL_FAULT"));
    }

    [Fact]
    public void WhatTheDiskRefusesIsAnsweredWithTheFaultAlsoAtTheVerdictOnAPackageByHand()
    {
        var night = Open("20:00", "20:20");
        night.Releases.Refuses = "Activate";
        var activation = Request(Activate("20:00"));
        Assert.Throws<IOException>(() => night.Operator.Answer(activation, night.Now));
        Says(
            Answer(activation), OperatorOutcome.Failed, "failed", ("fault", "Activate: no space left on device"));
        night.Releases.Refuses = "Seal";
        var publication = Request(new PublishByHand("/tmp/x", "prueba", []));
        var arrival = night.Judged("20:21");
        Assert.Throws<IOException>(() => night.Operator.Take(arrival, publication, night.Now));
        Says(Answer(publication), OperatorOutcome.Failed, "failed", ("fault", "Seal: no space left on device"));
    }

    [Fact]
    public void APackageByHandIsAnsweredByItsNameAndWhatBecameOfIt()
    {
        var night = Open();
        Says(
            night.Publish("20:00", []).Reply, OperatorOutcome.Done, "published", ("package", "PREP_2000"),
            ("corte", First));
        Says(
            night.Publish("20:20", []).Reply, OperatorOutcome.Refused, "held", ("package", "PREP_2020"),
            ("reason", "future-corte"));
        var (reply, _) = night.Publish("20:01", [], ReasonCode.NoHtml, ReasonCode.DigestMismatch);
        Says(reply, OperatorOutcome.Refused, "rejected", ("package", "PREP_2001"));
        Assert.Equal(
            [new ReplyReason("no-html", "a.html", "seen"), new ReplyReason("digest-mismatch", "a.html", "seen")],
            reply.Reasons);
        Assert.Equal(2, reply.ReasonsTotal);
    }

    [Fact]
    public void TheListShowsWhatIsLiveInARehearsalAsTheRehearsals()
    {
        var night = new NightScene("2021-05-31T12:00:00");
        night.Poll();
        night.Deliver("2021-06-06T20:00:00");
        var reply = night.Ask(new ListReleases());
        Says(reply, OperatorOutcome.Done, "listed");
        var listed = Assert.Single(reply.Releases!);
        Assert.Equal(("live", "rehearsal"), (listed.State, listed.Root));
        Assert.Null(listed.Reason);
    }

    /// <summary>A command of a later version.</summary>
    sealed record UnknownCommand : OperatorCommand
    {
        public override string Name => "unknown";
    }
}
