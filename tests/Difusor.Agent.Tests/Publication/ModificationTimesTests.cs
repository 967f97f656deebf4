using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Publication;

public sealed class ModificationTimesTests
{
    const long Newest = 1000;
    static readonly ReleaseFile Served = File("a.html", "one", 900);
    static readonly Dictionary<string, ReleaseFile> Live = new() { ["a.html"] = Served };

    [Theory]
    [InlineData(999, true), InlineData(1000, true), InlineData(1001, false)]
    public void AChangedFileMustBeNewerThanAllThatIsLive(long time, bool moves)
    {
        var violations = ModificationTimes.Violations([File("a.html", "two", time)], Live, Newest, stamp: 1001);
        Assert.Equal(moves ? [1001L] : [], violations.Select(file => file.Mtime));
    }

    [Theory]
    [InlineData(900, false), InlineData(899, true), InlineData(1001, true)]
    public void AnUnchangedFileKeepsItsTime(long time, bool moves)
    {
        var violations = ModificationTimes.Violations([File("a.html", "one", time)], Live, Newest, stamp: 1001);
        Assert.Equal(moves ? [900L] : [], violations.Select(file => file.Mtime));
    }

    [Fact]
    public void TheStampIsTheClocksOrASecondAfterTheNewest()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(5000);
        Assert.Equal(5000, ModificationTimes.Stamp(now, null));
        Assert.Equal(5000, ModificationTimes.Stamp(now, 4999));
        Assert.Equal(5001, ModificationTimes.Stamp(now, 5000));
        Assert.Equal(9001, ModificationTimes.Stamp(now, 9000));
    }

    static ReleaseFile File(string path, string text, long mtime) =>
        new(RelativePath.Own(path), text.Length, Digest.Sha256(System.Text.Encoding.ASCII.GetBytes(text)), mtime);
}
