using Difusor.Agent.Linux.Drop;

namespace Difusor.Agent.Tests.Linux;

public sealed class ReceivingTests
{
    [Fact]
    public void APackageIsJudgedOnceItsManifestIsFulfilledWithoutWaiting()
    {
        using var night = new DropNight(
            settings =>
            settings with { Drop =
            settings.Drop with { Settle = TimeSpan.FromMinutes(30), GiveUp = TimeSpan.FromHours(1) } });
        night.Put("20210606_2020_PREP", DropNight.Package());
        Assert.Equal("20210606_2020_PREP", night.Next<DeliveryArrives>().Delivery);
        var judged = night.Next<DeliveryJudged>();
        Assert.True(judged.Verdict.Accepted, string.Join(' ', judged.Verdict.Reasons));
        Assert.Equal(7, judged.Verdict.Files);
        Assert.Equal("2021-06-06T20:20:00-06:00", judged.Verdict.Corte?.ToString());
        Assert.True(judged.FirstSeen.Monotonic <= judged.LastByte.Monotonic);
    }

    [Fact]
    public void TheManifestFirstIsTheSame()
    {
        using var night = new DropNight(
            settings =>
            settings with { Drop =
            settings.Drop with { Settle = TimeSpan.FromMinutes(30), GiveUp = TimeSpan.FromHours(1) } });
        var package = DropNight.Package();
        night.Put("P_20210606_2020", package.OrderByDescending(file => file.Key == "SHA256SUMS"));
        Assert.True(night.NextVerdict().Accepted);
    }

    [Fact]
    public void AFileThatLacksStallsTheDeliveryAndItsArrivalEndsThat()
    {
        using var night = new DropNight();
        var package = DropNight.Package();
        night.Put("P_20210606_2020", package.Where(file => file.Key != "dip/003.html"));
        Assert.Equal(["dip/003.html"], night.Next<DeliveryStalls>().Awaited.Names);
        night.PutFile("P_20210606_2020/dip/003.html", package["dip/003.html"]);
        Assert.True(night.NextVerdict().Accepted);
    }

    [Fact]
    public void WhatDoesNotComeIsMissingInTheEnd()
    {
        using var night = new DropNight(
            settings => settings with { Drop = settings.Drop with { GiveUp = TimeSpan.FromMilliseconds(600) } });
        night.Put("P_20210606_2020", DropNight.Package().Where(file => file.Key != "dip/003.html"));
        Assert.Equal(["missing-file"], DropNight.Codes(night.NextVerdict()));
    }

    [Fact]
    public void AChangedByteIsRejectedOnceQuietAndTheMendedFileIsJudgedAgain()
    {
        using var night = new DropNight();
        var package = DropNight.Package();
        night.Put("P_20210606_2020", package);
        Assert.True(night.NextVerdict().Accepted);
        var tampered = new SortedDictionary<string, string>(
            DropNight.Package("20:40")) { ["dip/001.html"] = "<html>tampered</html>" };
        night.Put("P_20210606_2040", tampered);
        var verdict = night.NextVerdict();
        Assert.Equal(("digest-mismatch", "dip/001.html"), (verdict.Reasons[0].Code, verdict.Reasons[0].Path));
        night.PutFile("P_20210606_2040/dip/001.html", DropNight.Package("20:40")["dip/001.html"]);
        Assert.True(night.NextVerdict().Accepted);
    }
}
