using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Night;

/// <summary><c>publish --corte</c>: an operator gives a corte to a package that states none.</summary>
public sealed class GivenCorteTests
{
    [Theory]
    [InlineData("20210606_2020"), InlineData("2021-06-06T20:20"), InlineData("2021-06-06T20:20:00-05:00"),
        InlineData("2021-06-06T19:20:00-06:00")]
    public void APackageWithoutACorteIsPublishedAsTheOneGiven(string stamp)
    {
        var night = Open();
        var (reply, arrival) = Publish(night, stamp, own: null, ReasonCode.NoCorte);
        Assert.Equal((OperatorOutcome.Done, "published"), (reply.Outcome, reply.Message));
        Assert.Equal("20:20", night.Live);
        Assert.Equal(NightScene.Stamp("20:20"), night.Last<CortePublished>().Corte.ToString());
        Assert.Equal("no-corte", Assert.Single(night.Last<PackageVerified>().Warnings!).Code);
        var told = night.Last<Difusor.Agent.Events.OperatorAction>();
        Assert.Equal((true, Severity.Alert), (told.Done, told.Severity));
        Assert.Equal(NightScene.Stamp("20:20"), told.Corte.ToString());
        Assert.Equal(["no-corte"], told.Waived);
        Assert.Null(told.Refusal);
        // A corte that is given overrules no clock.
        Assert.False(night.Clock.OpeningWaived);
        Assert.Equal(PackageState.Published, arrival.Outcome);
    }

    [Fact]
    public void WithoutOneItStaysRejected()
    {
        var night = Open();
        var (reply, _) = Publish(night, null, own: null, ReasonCode.NoCorte);
        Assert.Equal((OperatorOutcome.Refused, "rejected"), (reply.Outcome, reply.Message));
        Assert.Null(night.Live);
    }

    [Fact]
    public void ACorteWaivesNothingElse()
    {
        var night = Open();
        var (reply, _) = Publish(night, "20210606_2020", own: null, ReasonCode.NoCorte, ReasonCode.DigestMismatch);
        Assert.Equal("digest-mismatch", Assert.Single(reply.Reasons!).Code);
        Assert.Null(night.Live);
        Assert.False(night.Last<Difusor.Agent.Events.OperatorAction>().Done);
    }

    [Fact]
    public void APackageThatStatesAnotherIsRefusedAndTaken()
    {
        var night = Open();
        var (reply, _) = Publish(night, "20210606_2020", own: "20:40");
        Assert.Equal((OperatorOutcome.Refused, "corte-of-its-own"), (reply.Outcome, reply.Message));
        Assert.Equal(
            (NightScene.Stamp("20:40"), NightScene.Stamp("20:20")), (reply.Values["own"], reply.Values["given"]));
        Assert.Equal("entrega", reply.Values["package"]);
        Assert.Null(night.Live);
        Assert.Equal(["entrega"], night.Releases.Discarded);
        Assert.Equal(0, night.Count(EventCode.PackageRejected));
        var told = night.Last<Difusor.Agent.Events.OperatorAction>();
        Assert.Equal((false, "corte-of-its-own"), (told.Done, told.Refusal));
    }

    [Fact]
    public void APackageThatStatesTheSameNeedsNoWaiver()
    {
        var night = Open();
        var (reply, _) = Publish(night, "20210606_2020", own: "20:20");
        Assert.Equal("published", reply.Message);
        Assert.Null(night.Last<Difusor.Agent.Events.OperatorAction>().Waived);
    }

    [Theory]
    [InlineData("mañana", "no-stamp"), InlineData("20210606", "no-stamp"), InlineData("20210230_2020", "no-stamp")]
    [InlineData("20210606_1920", "corte-outside"), InlineData("20210609_0000", "corte-outside"),
        InlineData("2021-06-06T20:20:00+09:00", "corte-outside")]
    public void AStampThatIsNoCorteOfTheNightIsRefusedBeforeThePackageIsRead(string stamp, string refusal)
    {
        var night = Open();
        var reply = night.Ask(new PublishByHand("/tmp/entrega", "prueba", [], stamp));
        Assert.Equal((OperatorOutcome.Refused, refusal), (reply.Outcome, reply.Message));
        Assert.Empty(night.ByHand);
        var told = night.Last<Difusor.Agent.Events.OperatorAction>();
        Assert.Equal((false, refusal), (told.Done, told.Refusal));
        if (refusal == "no-stamp") Assert.Equal(stamp, reply.Values["stamp"]);
        else
        {
            Assert.Equal(["first", "given", "last"], reply.Values.Keys.Order());
            Assert.Equal("2021-06-08T23:59:59-05:00", reply.Values["last"]);
        }
    }

    [Fact]
    public void InARehearsalAnyCorteWillDo()
    {
        var night = new NightScene("2021-05-31T12:00:00");
        night.Poll();
        night.Ask(new PublishByHand("/tmp/entrega", "prueba", [], "20210531_1200"));
        Assert.Single(night.ByHand);
    }

    [Fact]
    public void ADiskFaultInBetweenLosesNeitherTheCorteNorTheWaiver()
    {
        var night = Open();
        night.Journal.Refuses = EventCode.OperatorAction;
        Assert.Throws<IOException>(() => Publish(night, "20210606_2020", own: null, ReasonCode.NoCorte));
        Assert.Null(night.Live);
        Publish(night, "20210606_2020", own: null, ReasonCode.NoCorte);
        Assert.Equal("20:20", night.Live);
        Assert.Equal(["no-corte"], night.Last<Difusor.Agent.Events.OperatorAction>().Waived);
    }

    static NightScene Open()
    {
        var night = NightScene.Open();
        night.To("20:25");
        return night;
    }

    static (OperatorReply Reply, Arrival Arrival) Publish(
        NightScene night, string? stamp, string? own, params ReasonCode[] reasons)
    {
        var verdict = new Verdict(
            "entrega", own is null ? null : new Corte(NightScene.At(own)), null, 3, 100, DigestAlgorithm.Sha256,
            "huella",
            [.. reasons.Select(reason => Finding.Of(reason, null, "seen"))], [], []);
        var arrival = new Arrival("entrega", verdict, night.Releases.Stage("entrega"), night.Now, night.Now);
        var request = new OperatorRequest(
            new PublishByHand("/tmp/entrega", "prueba", [], stamp), new Operator(1000, "sysadmin"),
            new TaskCompletionSource<OperatorReply>());
        night.Operator.Take(arrival, request, night.Now);
        return (Bounded.Result(request.Reply.Task, "the answer"), arrival);
    }
}
