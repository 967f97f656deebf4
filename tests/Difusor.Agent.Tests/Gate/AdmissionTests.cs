using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests.Gate;

public class AdmissionTests
{
    static readonly Difusor.Agent.Configuration.Window Rehearsal = VirtualHost.Profile.Rehearsals[0];
    readonly Admission admission = new(VirtualHost.Profile);

    [Theory]
    [InlineData(-3600, Root.Public), InlineData(-1, Root.Public), InlineData(-0.01, Root.Rehearsal),
        InlineData(0, Root.Rehearsal)]
    [InlineData(7 * 3600, Root.Rehearsal), InlineData(8 * 3600 + 1, Root.Public)]
    public void ADeliveryBelongsWhereItsFirstByteCame(double secondsAfterTheWindowBegan, Root expected)
    {
        var host = new VirtualHost(Rehearsal.From.AddSeconds(secondsAfterTheWindowBegan));
        var firstByte = host.Reading;
        host.PollGood();
        Assert.Equal(expected, admission.RootOf(firstByte, host.Clock, host.Reading, proven: false));
    }

    [Fact]
    public void WithoutABoundItGoesNowhereAndTheBoundThatComesLaterIsReckonedBack()
    {
        var host = new VirtualHost(Rehearsal.To.AddMinutes(-5));
        var firstByte = host.Reading;
        Assert.Null(admission.RootOf(firstByte, host.Clock, host.Reading, proven: false));
        host.Pass(TimeSpan.FromHours(2));
        host.PollGood();
        Assert.Equal(Root.Rehearsal, admission.RootOf(firstByte, host.Clock, host.Reading, proven: false));
        Assert.Equal(Root.Public, admission.RootOf(host.Reading, host.Clock, host.Reading, proven: false));
    }

    [Fact]
    public void ASuspendBetweenIsReckonedToo()
    {
        var host = new VirtualHost(Rehearsal.To.AddMinutes(-5));
        var firstByte = host.Reading;
        host.Suspend(TimeSpan.FromMinutes(40));
        host.PollGood();
        Assert.Equal(Root.Rehearsal, admission.RootOf(firstByte, host.Clock, host.Reading, proven: false));
    }

    [Fact]
    public void OnceTheOpeningIsProvenNoServerIsNeededToKnowThatRehearsalsAreOver()
    {
        var host = new VirtualHost(VirtualHost.Opens.AddHours(1));
        Assert.Equal(Root.Public, admission.RootOf(host.Reading, host.Clock, host.Reading, proven: true));
    }

    [Fact]
    public void ACorteAnHourAheadCountsForNothingUntilABoundShowsItsTime()
    {
        var now = new ClockBound(VirtualHost.Opens, VirtualHost.Opens.AddMilliseconds(40));
        var corte = new Corte(VirtualHost.Opens.AddHours(1));
        Assert.True(Admission.IsFuture(corte, now, wasFuture: false));
        Assert.True(Admission.IsFuture(corte, null, wasFuture: true));
        Assert.False(Admission.IsFuture(corte, null, wasFuture: false));
        Assert.False(
            Admission.IsFuture(
            corte, new ClockBound(corte.At.AddMinutes(-5), corte.At.AddMinutes(-5)), wasFuture: true));
    }

    [Theory]
    [InlineData("2021-06-06T19:59:59-05:00", true), InlineData("2021-06-06T20:00:00-05:00", false),
        InlineData("2021-06-07T20:00:00-06:00", false)]
    [InlineData("2021-06-08T23:59:59-05:00", false), InlineData("2021-06-09T00:00:00-05:00", true)]
    public void ACorteOfATestOrLongAfterIsOutsideTheWindow(string corte, bool outside) =>
        Assert.Equal(outside, admission.IsOutsideWindow(Corte.Read(corte)!.Value));

    [Fact]
    public void APackageOfARehearsalWhoseTimeIsKnownOnlyAtTheOpeningIsStillARehearsals()
    {
        var host = new VirtualHost(Rehearsal.From.AddHours(1));
        var firstByte = host.Reading;
        host.Pass(VirtualHost.Opens.AddMinutes(1) - Rehearsal.From.AddHours(1));
        host.PollGood();
        Assert.True(host.Decide().Open);
        Assert.Equal(Root.Rehearsal, admission.RootOf(firstByte, host.Clock, host.Reading, proven: true));
    }
}
