using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Drop;

namespace Difusor.Agent.Tests.Linux;

/// <summary>Which judged deliveries are held, and which come back after a restart.</summary>
public sealed class JudgedDeliveriesTests : IDisposable
{
    static readonly RawPath A = new("A"), B = new("B"), C = new("C");
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    JudgedDeliveries Loaded()
    {
        var judged = new JudgedDeliveries(new JudgedMemoryFile(folder.Path));
        judged.Load();
        return judged;
    }

    static JudgedFiles.Gathering Files(RawPath root, int count = 1, ulong inode = 2)
    {
        var files = new JudgedFiles.Gathering();
        var identity = new FileIdentity(1, inode, FileKind.Regular, 3, 4, 5, 0x1A4, 0, 1);
        for (var at = 0; at < count; at++) files.Add(new RawPath($"{root.Bytes}/{at}"), identity);
        return files;
    }

    static void Add(JudgedDeliveries judged, RawPath root, bool accepted = false, long lastChange = 0, int count = 1) =>
        judged.Add(root, Files(root, count).Of(root, accepted, lastChange));

    [Fact]
    public void TheFilesOfAllAreCounted()
    {
        var judged = Loaded();
        Add(judged, A, count: 3);
        Add(judged, B, count: 2);
        Add(judged, A, count: 5);
        Assert.Equal((2, 7), (judged.Count, judged.Files));
        judged.Remove(A);
        judged.Remove(A);
        Assert.Equal((1, 2), (judged.Count, judged.Files));
    }

    [Fact]
    public void OfTheRejectedTheOneWithoutAChangeForTheLongestTimeIsForgotten()
    {
        var judged = Loaded();
        Add(judged, A, accepted: true, lastChange: 1);
        Add(judged, B, lastChange: 3);
        Add(judged, C, lastChange: 2);
        Assert.True(judged.ForgetOldestRejected());
        Assert.Equal((true, true, false), (judged.Has(A), judged.Has(B), judged.Has(C)));
        Assert.True(judged.ForgetOldestRejected());
        Assert.False(judged.ForgetOldestRejected());
        Assert.True(judged.Has(A));
    }

    [Fact]
    public void AfterARestartWhatIsUnchangedComesBackWithItsVerdict()
    {
        var (before, corte) = (Loaded(), Corte.Read("2021-06-06T20:20:00-05:00")!.Value);
        Add(before, A, accepted: true);
        before.Write(before.Of(A)!.Memory with { Later = corte });
        Assert.Equal(corte, before.Of(A)!.Memory.Later);
        var judged = Loaded();
        Assert.Equal((false, true, false), (judged.Has(A), judged.IsWritten(A), judged.IsWritten(B)));
        Assert.False(judged.TakeBack(A, Files(A, inode: 3), now: 1));
        Assert.True(judged.TakeBack(A, Files(A), now: 1));
        Assert.Equal((true, corte), (judged.Of(A)!.Memory.Accepted, judged.Of(A)!.Memory.Later!.Value));
    }

    [Fact]
    public void AVerdictOnOtherFilesChangesNothingThatIsHeld()
    {
        var judged = Loaded();
        Add(judged, A);
        judged.Write(Files(A, inode: 3).Of(A, accepted: true, lastChange: 0).Memory);
        Assert.False(judged.Of(A)!.Memory.Accepted);
        Assert.False(judged.IsWritten(judged.Of(A)!));
    }

    [Fact]
    public void WhatHasLeftTheDropIsForgottenInMemory()
    {
        var judged = Loaded();
        foreach (var root in new[] { A, B, C })
        {
            Add(judged, root);
            judged.Write(judged.Of(root)!.Memory);
        }
        judged.Remove(B);
        judged.Remove(C);
        judged.KeepWritten(root => root == B);
        Assert.Equal((true, true, false), (judged.IsWritten(A), judged.IsWritten(B), judged.IsWritten(C)));
    }

    [Fact]
    public void OnlyWhatWasRejectedIsWantedAgain()
    {
        var judged = Loaded();
        Add(judged, A, accepted: true);
        Add(judged, B);
        judged.WantRejectedAgain();
        Assert.Equal((false, true), (judged.Of(A)!.IsWantedAgain, judged.Of(B)!.IsWantedAgain));
    }
}
