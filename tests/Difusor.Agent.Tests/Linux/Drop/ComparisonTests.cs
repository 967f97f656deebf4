using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Drop;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// Whether the sources are still what was read of them, on a real folder: each way of changing one is seen, by any
/// number of threads.
/// </summary>
public sealed class ComparisonTests
{
    static bool IsSame(StagedDelivery staged, int threads = 1)
    {
        var comparison = new Comparison(staged.Drop, staged.Delivery, staged.Settings);
        var others = Enumerable.Range(1, threads - 1).Select(_ => Task.Run(comparison.Work)).ToArray();
        comparison.Work();
        Task.WaitAll(others);
        return comparison.IsSame;
    }

    static readonly Dictionary<string, Action<StagedDelivery>> Changes = new()
    {
        ["a byte, the time put back"] = staged =>
        {
            var time = File.GetLastWriteTimeUtc(staged.At("dip/001.html"));
            File.WriteAllText(staged.At("dip/001.html"), File.ReadAllText(staged.At("dip/001.html")).Replace('1', '2'));
            File.SetLastWriteTimeUtc(staged.At("dip/001.html"), time);
        },
        ["another file renamed over it"] = staged =>
        {
            File.Copy(staged.At("dip/001.html"), staged.At("../copy"));
            File.Move(staged.At("../copy"), staged.At("dip/001.html"), overwrite: true);
        },
        ["a file taken away"] = staged => File.Delete(staged.At("dip/001.html")),
        ["a file more"] = staged => staged.Write("dip/more.html", "x"),
        ["a file more in a new folder"] = staged => staged.Write("new/deep/more.html", "x"),
        ["a link more"] = staged => File.CreateSymbolicLink(staged.At("dip/link.html"), "001.html"),
        ["a link in its place"] = staged =>
        {
            File.Move(staged.At("dip/001.html"), staged.At("../moved"));
            File.CreateSymbolicLink(staged.At("dip/001.html"), "../../moved");
        },
        ["a folder that became a link"] = staged =>
        {
            Directory.Move(staged.At("dip"), staged.At("../dip"));
            Directory.CreateSymbolicLink(staged.At("dip"), "../dip");
        },
        ["all of it taken away"] = staged => Directory.Delete(staged.At(""), recursive: true),
    };

    public static TheoryData<string> EachChange => [.. Changes.Keys];

    [Theory, MemberData(nameof(EachChange))]
    public void EachWayOfChangingASourceIsSeen(string change)
    {
        using var staged = new StagedDelivery(DropNight.Package());
        Assert.True(IsSame(staged));
        Changes[change](staged);
        Assert.False(IsSame(staged));
    }

    [Fact]
    public void ALeftoverOfATransferIsNoChange()
    {
        using var staged = new StagedDelivery(DropNight.Package());
        staged.Write("dip/next.html.part", "x");
        Assert.True(IsSame(staged));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void OneChangeAnywhereIsSeenAndNoneWhereThereIsNone(int threads)
    {
        var random = new Random(threads);
        for (var round = 0; round < 12; round++)
        {
            var files = new Dictionary<string, string>();
            for (var number = random.Next(1, 60); number > 0; number--)
                files[string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => $"d{random.Next(3)}/"))
                    + $"{number}.html"] = "x";
            using var staged = new StagedDelivery(files);
            Assert.True(IsSame(staged, threads), $"round {round}: nothing was changed");
            File.AppendAllText(staged.At(files.Keys.ElementAt(random.Next(files.Count))), "y");
            Assert.False(IsSame(staged, threads), $"round {round}");
        }
    }

    [Fact]
    public void ASourceThatChangedAfterItWasStagedHasNoVerdict()
    {
        using var staged = new StagedDelivery(DropNight.Package());
        var judgement = staged.Judge(Occasion.Whole);
        Assert.True(judgement.Verdict!.Accepted);
        staged.Write("dip/001.html", "changed");
        Assert.True(staged.Judge(Occasion.Whole).Differs);
    }
}
