using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Publication;

/// <summary>What <c>publication.after</c> is told, and when.</summary>
public sealed class SwapQueueTests
{
    static ReleaseId Id(int number) => ReleaseId.For(CorteOf(number), number);

    static Corte CorteOf(int number) => new(new DateTimeOffset(2021, 6, 6, 20, number, 0, TimeSpan.FromHours(-5)));

    static ReleaseRecord Record(int number, params (string Path, string Text)[] files) => new(
        new Release(
            Id(number), number, "PREP", CorteOf(number), null, "huella", files.Length, 0, Root.Public, false, 0,
            default, []),
        [
            .. files.Select(file => new ReleaseFile(
                RelativePath.Own(file.Path), file.Text.Length, Digest.Sha256(Encoding.UTF8.GetBytes(file.Text)), 0)),
        ]);

    static SwapNotice Swap(int number, params (string, string)[] files) =>
        SwapNotice.Between(Root.Public, Id(number - 1), Record(number - 1), Record(number, files));

    static ClockReading At(double seconds) => new(0, 0, (long)(seconds * 1e9), DateTimeOffset.UnixEpoch);

    [Fact]
    public void WhatIsOtherThanBeforeIsListedByItsKind()
    {
        var swap = SwapNotice.Between(
            Root.Public, Id(1), Record(1, ("igual", "1"), ("cambia", "1"), ("se va", "1")),
            Record(2, ("igual", "1"), ("cambia", "2"), ("nuevo", "1")));
        var json = JsonNode.Parse(swap.ToJson())!;
        Assert.Equal("[\"cambia\"]", json["changed"]!.ToJsonString());
        Assert.Equal("[\"se va\"]", json["removed"]!.ToJsonString());
        Assert.Equal("[\"nuevo\"]", json["added"]!.ToJsonString());
        Assert.Equal(
            (CorteOf(2).ToString(), Id(2).Value, Id(1).Value, "public"),
            ((string?)json["corte"], (string?)json["release"], (string?)json["previous"], (string?)json["root"]));
        Assert.DoesNotContain('\n', swap.ToJson());
    }

    [Fact]
    public void AfterAWithdrawalAllIsRemovedAndOfAnUnknownReleaseAllIsChanged()
    {
        var down = JsonNode.Parse(SwapNotice.Between(Root.Public, Id(1), Record(1, ("a", "1")), null).ToJson())!;
        Assert.Equal("[\"a\"]", down["removed"]!.ToJsonString());
        Assert.Null(down["corte"]);
        var unknown = JsonNode.Parse(SwapNotice.Between(Root.Public, Id(1), null, Record(2, ("a", "1"))).ToJson())!;
        Assert.Equal("[\"a\"]", unknown["changed"]!.ToJsonString());
    }

    [Fact]
    public void OneRunAtATimeAndWhatCameMeanwhileIsOneRun()
    {
        var queue = new SwapQueue();
        queue.Add(Swap(2, ("a", "2")));
        Assert.NotNull(queue.Next(At(0)));
        queue.Add(Swap(3, ("b", "3")));
        queue.Add(Swap(4, ("c", "4")));
        Assert.Null(queue.Next(At(1)));
        Assert.Null(queue.Ran(null, At(2)));
        var second = queue.Next(At(2))!;
        Assert.Equal((Id(4), Id(2)), (second.Release, second.Previous));
        Assert.Equal(["b", "c"], second.Paths.Keys.Order());
    }

    [Fact]
    public void AFailureIsToldOnceTriedAgainWithGrowingPausesAndItsEndIsTold()
    {
        var queue = new SwapQueue();
        queue.Add(Swap(2, ("a", "2")));
        queue.Next(At(0));
        Assert.Equal("no", Assert.IsType<HookFailed>(queue.Ran("no", At(10))).Error);
        Assert.Null(queue.Next(At(14)));
        Assert.NotNull(queue.Next(At(15)));
        Assert.Null(queue.Ran("no", At(16)));
        queue.Add(Swap(3, ("b", "3")));
        Assert.Null(queue.Next(At(25)));
        var both = queue.Next(At(26))!;
        Assert.Equal(["a", "b"], both.Paths.Keys.Order());
        Assert.Equal(17, Assert.IsType<HookRecovered>(queue.Ran(null, At(27))).Seconds);
        Assert.Null(queue.Next(At(1000)));
    }

    [Fact]
    public void ACommandThatIsReplacedMissesNothing()
    {
        var queue = new SwapQueue();
        queue.Add(Swap(2, ("a", "2")));
        queue.Next(At(0));
        queue.Again();
        Assert.Null(queue.Ran(null, At(1)));
        Assert.Equal(["a"], queue.Next(At(1))!.Paths.Keys);
    }
}
