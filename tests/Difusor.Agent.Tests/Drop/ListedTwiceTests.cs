using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

/// <summary>A folder that changes while it is listed may show a name twice (seen on XFS): it is counted once.</summary>
public sealed class ListedTwiceTests
{
    static FileIdentity Identity(ulong inode = 2) => new(1, inode, FileKind.Regular, 3, 4, 5, 0x1A4, 0, 1);

    static JudgedFiles Judged(params (RawPath, FileIdentity)[] files) => Judged(null, files);

    static JudgedFiles Judged(Func<RawPath, ulong>? hash, params (RawPath, FileIdentity)[] files)
    {
        var gathering = new JudgedFiles.Gathering(hash: hash);
        foreach (var (path, identity) in files) gathering.Add(path, identity);
        return gathering.Of(new RawPath("P"), accepted: true, lastChange: 0);
    }

    [Fact]
    public void ANameTwiceInAListingIsOneFileWithOneFingerprint()
    {
        var once = Judged((new RawPath("P/a"), Identity()), (new RawPath("P/b"), Identity()));
        var twice = Judged(
            (new RawPath("P/a"), Identity()), (new RawPath("P/b"), Identity()), (new RawPath("P/a"), Identity()));
        Assert.Equal((once.Count, once.Memory.Fingerprint), (twice.Count, twice.Memory.Fingerprint));
        Assert.True(twice.IsUnchanged(new RawPath("P/a"), Identity()));
    }

    [Fact]
    public void ANameTwiceInALookIsSeenOnce()
    {
        var judged = Judged((new RawPath("P/a"), Identity()), (new RawPath("P/b"), Identity(3)));
        judged.BeginLook();
        Assert.True(judged.Saw(new RawPath("P/a"), Identity()));
        Assert.True(judged.Saw(new RawPath("P/a"), Identity()));
        Assert.False(judged.IsAsItWas);
        Assert.True(judged.Saw(new RawPath("P/b"), Identity(3)));
        Assert.True(judged.IsAsItWas);
    }

    [Fact]
    public void ANameThatIsListedBeforeAndAfterAChangeIsChanged()
    {
        var judged = Judged((new RawPath("P/a"), Identity()), (new RawPath("P/a"), Identity(3)));
        Assert.False(judged.IsUnchanged(new RawPath("P/a"), Identity()));
        Assert.False(judged.IsUnchanged(new RawPath("P/a"), Identity(3)));
    }

    [Fact]
    public void TwoPathsOfOneHashAreTakenForChangedAndEndNothing()
    {
        var judged = Judged(_ => 42, (new RawPath("P/a"), Identity()), (new RawPath("P/b"), Identity(3)));
        Assert.False(judged.IsUnchanged(new RawPath("P/a"), Identity()));
        Assert.False(judged.IsUnchanged(new RawPath("P/b"), Identity(3)));
        judged.BeginLook();
        Assert.False(judged.Saw(new RawPath("P/a"), Identity()));
        Assert.False(judged.IsAsItWas);
    }
}
