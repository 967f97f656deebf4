using Difusor.Agent.Drop;
using Difusor.Agent.Events;

namespace Difusor.Agent.Tests.Drop;

public sealed class RunMarkTests
{
    static readonly RawPath A = new("A"), B = new("B.zip"), NoText = new("\u00ff\u0001 \"x");

    static (RunMark Mark, RunEnd? Previous, IReadOnlyList<RawPath> Newly) Next(
        RunMark? before, string boot = "b1", params RawPath[] inHand)
    {
        var (mark, previous, newly) = RunMark.After(before, inHand, boot, 7);
        return (mark, previous, newly);
    }

    [Fact]
    public void TwoDeathsWithItAloneInHandSetADeliveryAside()
    {
        var first = Next(Next(null).Mark, "b1", A);
        Assert.Equal((RunEnd.Ended, 1), (first.Previous, first.Mark.AtOnce));
        Assert.Empty(first.Newly);
        var second = Next(first.Mark, "b1", A);
        Assert.Equal([A], second.Newly);
        Assert.Equal([A], second.Mark.SetAside.Keys);
        Assert.Null(second.Mark.AtOnce);
        Assert.Empty(Next(second.Mark, "b1", A).Newly);
    }

    [Fact]
    public void ADeathWithSeveralInHandBlamesNobodyAndTheyAreTakenOneByOne()
    {
        var mark = Next(null).Mark;
        for (var death = 0; death < 5; death++) mark = Next(mark, "b1", A, B).Mark;
        Assert.Empty(mark.SetAside);
        Assert.Equal(1, mark.AtOnce);
        Assert.Null(mark.Cleared(A).Cleared(B).AtOnce);
        // One of them alone: it needs two more deaths.
        var once = Next(mark, "b1", A);
        Assert.Empty(once.Newly);
        Assert.Equal([A], Next(once.Mark, "b1", A).Newly);
    }

    [Fact]
    public void ADeathWithNothingInHandSuspectsNobody()
    {
        var (mark, previous, newly) = Next(Next(null).Mark);
        Assert.Equal(RunEnd.Ended, previous);
        Assert.Null(mark.AtOnce);
        Assert.Empty(newly);
    }

    [Fact]
    public void APowerCutCountsForNobody()
    {
        var mark = Next(Next(null).Mark, "b1", A).Mark;
        var (after, previous, newly) = Next(mark, "b2", A);
        Assert.Equal(RunEnd.Reboot, previous);
        Assert.Empty(newly);
        Assert.Equal(1, after.Suspects[A]);
    }

    [Fact]
    public void AStopCountsForNobodyAndWhatWasSuspectedStaysSo()
    {
        var mark = Next(Next(null).Mark, "b1", A).Mark with { Stopped = "SIGTERM" };
        var (after, previous, _) = Next(mark, "b1", A);
        Assert.Equal((RunEnd.Stopped, 1, null), (previous, after.AtOnce, after.Stopped));
    }

    [Fact]
    public void AVerdictClearsARetryForgivesAndWhatIsGoneIsForgotten()
    {
        var suspected = Next(Next(null).Mark, "b1", A).Mark;
        var aside = Next(suspected, "b1", A).Mark;
        Assert.Empty(suspected.Cleared(A).Suspects);
        Assert.Same(suspected, suspected.Cleared(B));
        Assert.Empty(aside.Forgiven().SetAside);
        Assert.Same(aside, aside.Only(root => root == A));
        Assert.Empty(aside.Only(root => root == B).SetAside);
    }

    [Fact]
    public void WhatWasSetAsideAndChangesIsANewDelivery()
    {
        var aside = Next(Next(Next(null).Mark, "b1", A).Mark, "b1", A).Mark.Looked(A, "f1");
        Assert.Equal("f1", aside.SetAside[A].Fingerprint);
        Assert.Same(aside, aside.Looked(A, "f1"));
        Assert.Same(aside, aside.Looked(B, "f2"));
        Assert.Empty(aside.Looked(A, "f2").SetAside);
    }

    [Fact]
    public void ManyInHandAreNotRememberedWithoutEnd()
    {
        RawPath[] many = [.. Enumerable.Range(0, 5000).Select(number => new RawPath($"{number}"))];
        Assert.Equal(RunMark.MostSuspects, Next(Next(null).Mark, "b1", many).Mark.Suspects.Count);
        var mark = Next(null).Mark;
        Assert.Equal(RunMark.MostSuspects, InHandMark.Read(InHandMark.Write("b1", 7, many), mark).Length);
    }

    [Fact]
    public void AMarkIsReadAsItWasWrittenWithNamesThatAreNoText()
    {
        var mark = Next(Next(Next(null).Mark, "b1", NoText).Mark, "b1", NoText)
            .Mark.Looked(NoText, "f") with { LastWord = "word", Stopped = "SIGTERM" };
        var read = RunMark.Read((mark with { Suspects = mark.Suspects.Add(A, 1) }).ToJson())!;
        Assert.Equal(("b1", 7, "SIGTERM", "word"), (read.Boot, read.Pid, read.Stopped, read.LastWord));
        Assert.Equal(new SetAsideMark(NoText, "f"), read.SetAside[NoText]);
        Assert.Equal(1, read.Suspects[A]);
        Assert.Equal([NoText, A], InHandMark.Read(InHandMark.Write("b1", 7, [NoText, A]), mark));
        Assert.Empty(InHandMark.Read(InHandMark.Write("b1", 8, [A]), mark));
        Assert.Empty(InHandMark.Read(InHandMark.Write("b2", 7, [A]), mark));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    [InlineData("[]")]
    [InlineData("{\"boot\": 3}")]
    [InlineData("{\"boot\": \"b\", \"pid\": \"x\"}")]
    [InlineData("{\"boot\": \"b\", \"pid\": 1e300}")]
    [InlineData("{\"boot\": \"b\", \"suspects\": [{\"name\": 3}]}")]
    [InlineData("{\"boot\": \"b\", \"boot\": \"c\"}")]
    public void AMarkThatAPowerCutHasTornIsNone(string text)
    {
        Assert.Null(RunMark.Read(text));
        Assert.Empty(InHandMark.Read(text, new RunMark("b", 1)));
    }
}
