using Difusor.Agent.Linux;
using Difusor.Agent.Linux.Drop;

namespace Difusor.Agent.Tests.Linux;

/// <summary>More than a delivery may have, or than all may keep together.</summary>
public sealed class ReceivingLimitTests
{
    const string Name = "P_20210606_2020";

    [Fact]
    public void TooManyFilesAreRefusedOnce()
    {
        using var night = new DropNight(settings => settings with { Limits = settings.Limits with { Files = 20 } });
        night.Put(Name, DropNight.Package(pages: 60));
        Assert.Contains("too-many-files", DropNight.Codes(night.NextVerdict()));
        night.Put("P_20210606_2040", DropNight.Package("20:40"));
        Assert.Equal("P_20210606_2040", night.Next<DeliveryJudged>().Delivery);
    }

    [Fact]
    public void HashFilesBeyondTheLimitAreNotReadAndThePackageIsRefusedOnce()
    {
        using var night =
            new DropNight(settings => settings with { Limits = settings.Limits with { HashText = 1000 } });
        var package = DropNight.Package();
        package["todo.hash"] =
            string.Concat(Enumerable.Range(0, 100).Select(number => $"{DropNight.Hex("x")}  absent/{number}.html\n"));
        night.Put("." + Name, package); // at once: without its last file it is whole
        Directory.Move(night.In("." + Name), night.In(Name));
        var verdict = night.NextVerdict();
        Assert.Equal(["hash-too-large"], DropNight.Codes(verdict));
        night.Put("P_20210606_2040", DropNight.Package("20:40"));
        Assert.Equal("P_20210606_2040", night.Next<DeliveryJudged>().Delivery);
    }

    [Fact]
    public void PathsBeyondTheLimitAreRefusedOnceInAFolderAndInAnArchive()
    {
        using var night = new DropNight(settings => settings with { Limits = settings.Limits with { PathText = 500 } });
        night.Put(Name, DropNight.Package(pages: 60));
        Assert.Contains("paths-too-large", DropNight.Codes(night.NextVerdict()));
        File.WriteAllBytes(night.In("P_20210606_2040.zip"), ReceivingFaultTests.Zip(DropNight.Package(pages: 60)));
        Assert.Contains("paths-too-large", DropNight.Codes(night.NextVerdict()));
        night.Put("P_20210606_2100", DropNight.Package("21:00"));
        Assert.True(night.NextVerdict().Accepted);
    }

    /// <summary>
    /// A stalled delivery holds nearly all that there is for paths; who sends little does not wait for it, and it comes
    /// again.
    /// </summary>
    [Fact]
    public void WhoKeepsMostGivesWayToWhoSendsLittleAndIsReceivedAgain()
    {
        // Room for some 30 files of 256 bytes each and their paths.
        using var night =
            new DropNight(settings => settings with { Limits = settings.Limits with { PathText = 8900 } });
        var large = DropNight.Package("20:00", pages: 27);
        night.Put("L_20210606_2000", large.Where(file => file.Key != "dip/026.html"));
        night.Next<DeliveryStalls>();
        night.Put(Name, DropNight.Package("20:20", pages: 8));
        var small = night.Next<DeliveryJudged>();
        Assert.Equal((Name, true), (small.Delivery, small.Verdict.Accepted));
        night.PutFile("L_20210606_2000/dip/026.html", large["dip/026.html"]);
        var again = night.Next<DeliveryJudged>();
        Assert.Equal(("L_20210606_2000", true), (again.Delivery, again.Verdict.Accepted));
    }
}
