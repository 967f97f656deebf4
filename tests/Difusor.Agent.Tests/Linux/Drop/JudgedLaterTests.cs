using Difusor.Agent.Linux.Drop;

namespace Difusor.Agent.Tests.Linux;

public sealed class JudgedLaterTests
{
    static readonly Corte Late = new(new DateTimeOffset(2021, 6, 6, 23, 0, 0, TimeSpan.FromHours(-5)));

    [Fact]
    public void WhatWasRejectedForItsFutureCorteIsJudgedAgainWhenItsTimeComesOverARestartToo()
    {
        using var night = new DropNight();
        night.Put("PREP_FUTURO", DropNight.Package());
        night.Receiver.Remember(night.Next<DeliveryJudged>(), Late);
        night.Receiver.TimeIs(Late.At.AddSeconds(-1));
        night.Put("PREP_OTRO", DropNight.Package());
        var other = night.Next<DeliveryJudged>();
        Assert.Equal("PREP_OTRO", other.Delivery);
        night.Receiver.Remember(other);

        night.Restart();
        night.Receiver.TimeIs(Late.At.AddSeconds(-1));
        night.Put("PREP_MAS", DropNight.Package());
        Assert.DoesNotContain("PREP_FUTURO", night.SeenUntilJudged("PREP_MAS"));
        night.Receiver.TimeIs(Late.At);
        Assert.Equal("PREP_FUTURO", night.Next<DeliveryJudged>().Delivery);
    }

    [Fact]
    public void WhatWasAcceptedAndGivenUpForRoomIsJudgedAgainWhenItsTimeComes()
    {
        using var night = new DropNight();
        night.Put("PREP_FUTURO", DropNight.Package());
        night.Receiver.Remember(night.Next<DeliveryJudged>());
        night.Receiver.JudgeLater("PREP_FUTURO", Late);
        night.Receiver.TimeIs(Late.At);
        Assert.Equal("PREP_FUTURO", night.Next<DeliveryJudged>().Delivery);
    }
}
