using Difusor.Agent.Events;

namespace Difusor.Agent.Tests.Night;

/// <summary>
/// A rejection is told until a corte as new as the rejected one is good. What is older, or was known before, says
/// nothing about it.
/// </summary>
public sealed class RejectionEndTests
{
    readonly NightScene night = NightScene.Open();

    [Fact]
    public void AnOlderPackageThatIsVerifiedAgainDoesNotEndIt()
    {
        Verify("20:00");
        Reject("20:20");
        Verify("20:00");
        Publish("20:00");
        Assert.Equal(["PACKAGE_REJECTED"], night.Wrong);
        Verify("20:20");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void ANewerPackageEndsIt()
    {
        Reject("20:20");
        Verify("20:40");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void OfSeveralRejectionsTheNewestCorteMustBeMet()
    {
        Reject("20:05");
        Reject("20:02");
        Verify("20:02");
        Assert.Equal(["PACKAGE_REJECTED"], night.Wrong);
        Verify("20:05");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void ARejectionWithoutACorteIsEndedOnlyByOneThatIsNewerThanAllBefore()
    {
        Verify("20:00");
        Reject(null);
        Verify("20:00");
        Assert.Equal(["PACKAGE_REJECTED"], night.Wrong);
        Verify("20:01");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void ARejectedCorteThatNobodyWillReachIsEndedByTheNextGoodOne()
    {
        Verify("20:00");
        Record(new PackageRejected(
            "P", null, new Corte(NightScene.At("2031-06-06T20:00:00")), 1, 1, null, null, [], 1));
        Verify("20:20");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void ACorteOfTheFutureThatIsGoodDoesNotKeepALaterRejectionOpen()
    {
        Verify("23:30");
        Reject(null);
        Verify("20:01");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void AStalledDeliveryIsNotEndedByTheReturnToAnOlderCorte()
    {
        Publish("20:05");
        Record(new DeliveryStalled("P", null, null, null));
        Publish("20:00");
        Assert.Equal(["DELIVERY_STALLED"], night.Wrong);
        Publish("20:06");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void ARestartKnowsTheSame()
    {
        Verify("20:00");
        Reject("20:20");
        night.Restart();
        Verify("20:00");
        Assert.Equal(["PACKAGE_REJECTED"], night.Wrong);
    }

    void Verify(string corte) =>
        Record(new PackageVerified("V", null, Of(corte), 1, 1, null, "h", null, null, null));

    void Reject(string? corte) =>
        Record(new PackageRejected("R", null, corte is null ? null : Of(corte), 1, 1, null, null, [], 1));

    void Publish(string corte) => Record(new CortePublished(
        Of(corte), ReleaseId.For(Of(corte), 1), "V", null, 1, 1, "h", null, Root.Public, null));

    void Record(AgentEvent happened) => night.Recorder.Record(happened, night.Now);

    static Corte Of(string time) => new(NightScene.At(time));
}
