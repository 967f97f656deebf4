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

    [Fact]
    public void OfTheRejectedCorteOnlyBytesThatWereNotGoodBeforeEndIt()
    {
        Verify("20:04");
        Publish("20:04");
        Reject("20:04");
        Verify("20:04");
        Publish("20:04");
        night.Restart();
        Verify("20:04");
        Assert.Equal(["PACKAGE_REJECTED"], night.Wrong);
        Verify("20:04", "mended");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void ANewerHeldOneThatIsVerifiedAgainDoesNotEndItAndItsPublicationDoes()
    {
        Verify("20:08");
        Reject("20:04");
        Verify("20:08");
        Assert.Equal(["PACKAGE_REJECTED"], night.Wrong);
        Publish("20:08");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void ADuplicateOfWhatIsLiveDoesNotEndIt()
    {
        var live = NightScene.Open("20:20");
        live.Deliver("20:40", "", null, ReasonCode.DigestMismatch);
        live.Deliver("20:20");
        live.Restart();
        live.Deliver("20:20");
        Assert.Equal(["PACKAGE_REJECTED"], live.Wrong);
        live.Deliver("20:40", " mended");
        Assert.Empty(live.Wrong);
    }

    [Fact]
    public void ARehearsalsPackageEndsNothingOfThePublicsAndCountsForNoneOfIt()
    {
        Verify("20:00");
        Reject(null);
        Verify("20:40", "r", Root.Rehearsal);
        Assert.Equal(["PACKAGE_REJECTED"], night.Wrong);
        Verify("20:20");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void OneThatWasLetGoForLackOfRoomIsNewsWhenItIsGoodAgain()
    {
        Verify("20:20");
        Record(new PackageRejected("R", null, Of("20:20"), 1, 1, null, Huella("20:20", ""), [], 1));
        Assert.Equal(["PACKAGE_REJECTED"], night.Wrong);
        Verify("20:20");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void AStalledDeliveryIsNotEndedByAnOlderCorteThanItsNameStates()
    {
        Publish("20:00");
        Record(new DeliveryStalled("20210606_2008_PREP", null, null, null));
        Publish("20:04");
        Assert.Equal(["DELIVERY_STALLED"], night.Wrong);
        Publish("20:08");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void ARejectionThatReadNoCorteHasThatOfItsName()
    {
        Verify("20:00");
        Record(new PackageRejected("20210606_2008_PREP", null, null, 1, 1, null, null, [], 1));
        Verify("20:04");
        Assert.Equal(["PACKAGE_REJECTED"], night.Wrong);
        Verify("20:08");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void AnotherElectionBeginsAnew()
    {
        Start("ieem-2021");
        Verify("20:40");
        Start("ieem-2024");
        Reject(null);
        Verify("20:20");
        Assert.Empty(night.Wrong);
    }

    void Start(string election) =>
        Record(new AgentStarted("0", election, 1, null, null, null, null, null, null));

    void Verify(string corte, string note = "", Root? root = null) => Record(new PackageVerified(
        "V", null, Of(corte), 1, 1, null, Huella(corte, note), null, null, null, root));

    void Reject(string? corte) =>
        Record(new PackageRejected("R", null, corte is null ? null : Of(corte), 1, 1, null, null, [], 1));

    void Publish(string corte) => Record(new CortePublished(
        Of(corte), ReleaseId.For(Of(corte), 1), "V", null, 1, 1, Huella(corte, ""), null, Root.Public, null));

    void Record(AgentEvent happened) => night.Recorder.Record(happened, night.Now);

    static string Huella(string corte, string note) => $"huella {corte} {note}";

    static Corte Of(string time) => new(NightScene.At(time));
}
