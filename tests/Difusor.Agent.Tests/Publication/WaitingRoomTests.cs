using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests;

public sealed class WaitingRoomTests
{
    static readonly DateTimeOffset Opens = new(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5));

    [Fact]
    public void AFloodOfReissuesBeforeTheOpeningKeepsNoMoreThanTheLastOnes()
    {
        var reissues = Enumerable.Range(1, 100).Select(number => Release(minute: 0, sequence: number)).ToList();
        Assert.Equal(reissues[..76], WaitingRoom.Surplus(reissues, WaitingRoom.Most));
    }

    [Fact]
    public void AFloodOfOlderCortesDoesNotPushOutTheNewest()
    {
        var newest = Release(minute: 40, sequence: 1);
        Release[] waiting = [newest, .. Enumerable.Range(2, 30).Select(number => Release(minute: 20, number))];
        var going = WaitingRoom.Surplus(waiting, WaitingRoom.Most);
        Assert.DoesNotContain(newest, going);
        Assert.Equal(6, going.Count);
    }

    [Fact]
    public void ALateStampDoesNotPushOutWhatComesAfterIt()
    {
        var late = Enumerable.Range(1, 30).Select(number => Release(minute: 500 + number, number)).ToList();
        var genuine = Release(minute: 20, sequence: 31);
        Assert.DoesNotContain(genuine, WaitingRoom.Surplus([.. late, genuine], WaitingRoom.Most));
    }

    [Fact]
    public void AFewThatWaitAllStay() =>
        Assert.Empty(
            WaitingRoom.Surplus(
            [.. Enumerable.Range(1, WaitingRoom.Most).Select(number => Release(20, number))], WaitingRoom.Most));

    [Fact]
    public void WhereRoomIsShortOnlyTheNewestAndTheLastStay()
    {
        Release[] waiting = [Release(60, 1), Release(20, 2), Release(40, 3)];
        Assert.Equal([waiting[1]], WaitingRoom.Surplus(waiting, most: 1));
    }

    static Release Release(int minute, long sequence) => new(
        ReleaseId.For(new Corte(Opens.AddMinutes(minute)), sequence), sequence, "PREP",
        new Corte(Opens.AddMinutes(minute)),
        "PREP_MEX", $"{minute} {sequence}", 1, 1, Root.Public, Future: false, 0, Opens, []);
}
