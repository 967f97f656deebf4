using System.Text.RegularExpressions;
using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;
using static Difusor.Agent.Tests.Night.NightScene;

namespace Difusor.Agent.Tests.Night;

/// <summary>
/// Whatever state a night is in, an operator gets out of it: each refusal says why and what would help, and none is
/// told that there is nothing to do while something is.
/// </summary>
public sealed partial class WaysBackTests
{
    const string Unsynchronized = "clock-unsynchronized";

    /// <summary>A night without time servers, in which an operator has published by waiver.</summary>
    static NightScene Waived(params string[] cortes)
    {
        var night = new NightScene();
        foreach (var corte in cortes)
        {
            night.Quietly(corte.CompareTo("20:10") > 0 ? corte : "20:10");
            Assert.Equal("published", night.Publish(corte, [Unsynchronized]).Reply.Message);
        }
        return night;
    }

    /// <summary>The host's clock is set wrong after the opening, so the gate is closed again.</summary>
    static void Drift(NightScene night)
    {
        night.SystemError = TimeSpan.FromSeconds(30);
        night.Poll();
        night.Poll();
        Assert.Equal("clock-drift", night.Clock.Decision.Reason?.Code());
    }

    static OperatorReply Activate(NightScene night, string which) =>
        night.Ask(new ActivateRelease(which, "prueba", Hold: false));

    static Difusor.Agent.Events.OperatorAction Action(NightScene night) =>
        night.Last<Difusor.Agent.Events.OperatorAction>();

    [Fact]
    public void WhatWasNeverPublicIsNotActivatedPastAClosedGate()
    {
        var night = Open("20:00");
        Drift(night);
        Assert.Equal(PackageState.Held, night.Deliver("20:01").Outcome);
        var reply = Activate(night, NightScene.Stamp("20:01"));
        Assert.Equal((OperatorOutcome.Refused, "not-activated"), (reply.Outcome, reply.Message));
        Assert.Equal(("clock-drift", "later"), (reply.Values["reason"], reply.Values["waivable"]));
        Assert.Equal(NightScene.Stamp("20:10"), reply.Values["waivable_from"]);
        Assert.Equal(["reason", "release", "waivable", "waivable_from"], reply.Values.Keys.Order());
        Assert.Equal("20:00", night.Live);
        Assert.Equal((false, "not-activated"), (Action(night).Done, Action(night).Refusal));
    }

    [Fact]
    public void WhatWasPublicIsGoneBackToThoughTheGateIsClosedAgain()
    {
        var night = Open("20:00", "20:20");
        Drift(night);
        Assert.Equal("activated", Activate(night, NightScene.Stamp("20:00")).Message);
        Assert.Equal("20:00", night.Live);
        night.Restart();
        Drift(night);
        Assert.Equal("activated", Activate(night, NightScene.Stamp("20:20")).Message);
        Assert.Equal("20:20", night.Live);
    }

    [Fact]
    public void AnOlderCorteThatCameTooLateMayBeActivatedWhileTheGateIsOpen()
    {
        var night = Open("20:20");
        Assert.Equal(PackageState.Superseded, night.Deliver("20:00").Outcome);
        Assert.Equal("activated", Activate(night, NightScene.Stamp("20:00")).Message);
        Assert.Equal("20:00", night.Live);
    }

    [Fact]
    public void ANightPublishedByWaiverHasAWayBack()
    {
        var night = Waived("20:00", "20:20");
        Assert.Equal("activated", Activate(night, NightScene.Stamp("20:00")).Message);
        Assert.Equal("20:00", night.Live);
        night.Restart();
        night.Ask(new WithdrawSite("prueba", Force: true));
        Assert.Null(night.Live);
        Assert.Equal("activated", Activate(night, NightScene.Stamp("20:20")).Message);
        Assert.Equal("20:20", night.Live);
    }

    [Fact]
    public void AWaiverIsNoWayForWhatWasNeverPublic()
    {
        var night = Waived("20:00");
        night.Quietly("20:21");
        Assert.Equal(PackageState.Held, night.Deliver("20:20").Outcome);
        var reply = Activate(night, NightScene.Stamp("20:20"));
        Assert.Equal(("not-activated", "now"), (reply.Message, reply.Values["waivable"]));
        Assert.Equal("20:00", night.Live);
    }

    [Fact]
    public void AWaiverUnderAWrongClockIsNoWayOnceTrustedTimeIsBeforeTheOpening()
    {
        var night = new NightScene("18:00") { SystemError = TimeSpan.FromHours(3) };
        Assert.Equal("published", night.Publish("20:00", [Unsynchronized]).Reply.Message);
        night.SystemError = TimeSpan.Zero;
        night.Poll();
        night.Poll();
        Assert.Equal("not-activated", Activate(night, NightScene.Stamp("20:00")).Message);
    }

    [Fact]
    public void AReleaseIsActivatedByItsIdAlsoWhereItsCorteHasAnother()
    {
        var night = Open("20:00");
        var first = night.Releases.Sealed[0].Id.Value;
        night.Deliver("20:00", "corregido");
        Assert.Equal("PREP_2000corregido", night.Releases.Live(Root.Public)?.Package);
        Assert.Equal("activated", Activate(night, first).Message);
        Assert.Equal("PREP_2000", night.Releases.Live(Root.Public)?.Package);
        Assert.Equal("no-release", Activate(night, "20210606-2000-0099").Message);
    }

    [Fact]
    public void AReleaseOfARehearsalIsNeverActivated()
    {
        var night = new NightScene("2021-05-31T10:00:00");
        night.Poll();
        night.Poll();
        night.Deliver("2021-05-31T10:00:00");
        Assert.Equal("of-a-rehearsal", Activate(night, night.Releases.Sealed[0].Id.Value).Message);
    }

    [Fact]
    public void AHeldPackageThatComesAgainIsHeldAndNoDuplicate()
    {
        var night = Open("20:00");
        Drift(night);
        night.Deliver("20:01");
        Assert.Equal(PackageState.Held, night.Deliver("20:01").Outcome);
        Assert.Equal(HoldReason.ClockDrift, night.Last<PackageHeld>().Reason);
        Assert.Equal(0, night.Count(EventCode.PackageDuplicate));
        Assert.Equal(["PREP_2001"], night.Releases.Discarded);
        Assert.Equal(("PREP_2001", PackageState.Held), night.Receipts[^1]);
    }

    [Fact]
    public void AHeldPackageByHandIsToldWhyAndFromWhenTheReasonMayBeWaived()
    {
        var night = new NightScene();
        night.Quietly("20:05");
        night.Deliver("20:00");
        var reply = night.Publish("20:00", []).Reply;
        Assert.Equal(("held", Unsynchronized, "later"),
            (reply.Message, reply.Values["reason"], reply.Values["waivable"]));
        Assert.Equal(NightScene.Stamp("20:10"), reply.Values["waivable_from"]);
        Assert.Equal((false, "held"), (Action(night).Done, Action(night).Refusal));
        night.Quietly("20:10");
        Assert.Equal("now", night.Publish("20:00", []).Reply.Values["waivable"]);
        Assert.Equal("published", night.Publish("20:00", [Unsynchronized]).Reply.Message);
        Assert.Equal([Unsynchronized], Action(night).Waived);
    }

    [Fact]
    public void AnOlderCorteThatComesAgainIsSupersededAndNoDuplicate()
    {
        var night = Open("20:00", "20:20");
        Assert.Equal(PackageState.Superseded, night.Deliver("20:00").Outcome);
        Assert.Contains(
            night.Releases.Sealed[1].Id.Value, night.Last<PackageSuperseded>().Activate, StringComparison.Ordinal);
        var reply = night.Publish("20:00", []).Reply;
        Assert.Equal(("superseded", night.Releases.Sealed[1].Id.Value), (reply.Message, reply.Values["release"]));
    }

    [Fact]
    public void WhatAnOperatorWentBackFromIsToldWithTheCommandThatPublishesIt()
    {
        var night = Open("20:00", "20:20");
        Activate(night, NightScene.Stamp("20:00"));
        Assert.Equal(PackageState.Superseded, night.Deliver("20:20").Outcome);
        Assert.Null(night.Last<PackageDuplicate>().Published);
        Assert.Contains("releases activate", night.Last<PackageDuplicate>().Activate, StringComparison.Ordinal);
        var reply = night.Publish("20:20", []).Reply;
        Assert.Equal("went-back", reply.Message);
        Assert.Contains(night.Releases.Sealed, one => one.Id.Value == reply.Values["release"]);
    }

    [Fact]
    public void OnlyWhatIsLiveIsADuplicateWithNothingToDo()
    {
        var night = Open("20:00");
        Assert.Equal(PackageState.Duplicate, night.Deliver("20:00").Outcome);
        Assert.Equal(night.Releases.Live(Root.Public)?.Id, night.Last<PackageDuplicate>().Published);
        Assert.Null(night.Last<PackageDuplicate>().Activate);
    }

    [Fact]
    public void AWaiverThatWasNotNeededIsNotRecordedAndNoAlert()
    {
        var night = Open();
        night.Publish("20:00", ["no-html", Unsynchronized]);
        Assert.True(Action(night).Done);
        Assert.Null(Action(night).Waived);
        Assert.Equal(Severity.Warning, Action(night).Severity);
        night.Publish("20:01", ["no-html", "uncovered-file"], ReasonCode.NoHtml);
        Assert.Equal(["no-html"], Action(night).Waived);
        Assert.Equal(Severity.Alert, Action(night).Severity);
    }

    [Fact]
    public void ARefusedCommandIsInTheJournal()
    {
        var night = Open("20:00");
        foreach (var (command, refusal) in new (OperatorCommand, string)[]
        {
            (new ResumeReleases(), "no-hold"), (new WithdrawSite("prueba", Force: false), "keep-until"),
            (new RemoveRelease("20210606-2000-0099", "prueba"), "no-such-release"),
            (new RemoveRelease(night.Releases.Sealed[0].Id.Value, "prueba"), "release-in-use"),
            (new ActivateRelease("20210606-2000-0099", "prueba", Hold: false), "no-release"),
            (new PublishByHand("/tmp/x", "prueba", ["digest-mismatch"]), "not-waivable"),
        })
        {
            Assert.Equal(refusal, night.Ask(command).Message);
            Assert.Equal((command.Name, false, refusal),
                (Action(night).Action, Action(night).Done, Action(night).Refusal));
        }
        Assert.Equal("20:00", night.Live);
        night.Publish("20:01", [], ReasonCode.DigestMismatch);
        Assert.Equal((false, "rejected"), (Action(night).Done, Action(night).Refusal));
    }

    [Fact]
    public void APackageThatCannotBeReadIsAnsweredAndInTheJournal()
    {
        var night = Open("20:00");
        var request = new OperatorRequest(
            new PublishByHand("/tmp/x", "prueba", []), new Operator(0, "root"),
            new TaskCompletionSource<OperatorReply>());
        var reply = OperatorReply.Of(OperatorOutcome.Failed, "no-package", ("path", "/tmp/x"));
        night.Operator.Refuse(request, reply, night.Now);
        Assert.Equal("no-package", Bounded.Result(request.Reply.Task, "the answer").Message);
        Assert.Equal(("/tmp/x", false), (Action(night).Package, Action(night).Done));
    }

    [Fact]
    public void EachAnswerAndEachRefusalHasItsWords()
    {
        var said = (from file in Repository.Sources()
                    from Match reply in Reply().Matches(File.ReadAllText(file))
                    select reply.Groups[1].Value).ToHashSet();
        Assert.Contains("held", said);
        Assert.DoesNotContain(said, key => !Messages.Has($"operator.{key}"));
        foreach (var refusal in new[]
        {
            "no-release", "of-a-rehearsal", "not-activated", "vault-damaged", "no-hold", "no-such-release",
            "release-in-use", "keep-until", "not-waivable", "no-package", "failed", "rejected", "held", "superseded",
            "duplicate", "no-notify", "simulacro-running", "simulacro-no-time", "simulacro-night",
            "simulacro-institute", "no-simulacro", "no-stamp", "corte-outside", "corte-of-its-own",
        })
            Assert.True(Messages.Has($"refusal.{refusal}"), refusal);
    }

    [GeneratedRegex("""\b(?:OperatorReply\.Of\(\s*OperatorOutcome\.[A-Za-z]+,|Refused\(|Waits\()\s*"([a-z-]+)" """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Reply();
}
