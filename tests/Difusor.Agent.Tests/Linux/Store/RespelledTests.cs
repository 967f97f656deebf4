using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Linux;

/// <summary>Files that are published under the HASH's spelling of their names.</summary>
public sealed class RespelledTests
{
    const string Sent = "seccio\u0301n/a\u0301.html", Stated = "secci\u00f3n/\u00e1.html";

    static Release Seal(StoreNight night, string text, int minute, bool ahead)
    {
        var tree = night.Stage(new Dictionary<string, string> { ["index.html"] = "1", [Sent] = text }, ahead: ahead);
        var verdict = StoreNight.Accepted(tree, minute) with
        {
            Respelled = [new Respelling(RelativePath.Own(Sent), RelativePath.Own(Stated))],
        };
        night.Now += TimeSpan.FromMinutes(1);
        return night.Store.Publish(
            night.Store.Seal(tree, verdict, Root.Public, future: false, night.Now), Root.Public, night.Now);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void AReleaseHasTheNamesOfTheHashAndSharesWhatIsUnchanged(bool ahead)
    {
        using var night = new StoreNight();
        Seal(night, "uno", 0, ahead: false);
        if (ahead) night.Store.PrepareNext();
        Assert.Equal(["index.html", Stated], night.Served().Keys.Order(StringComparer.Ordinal));
        Assert.Equal([Path.Combine(night.Folders.Public, "current", "secci\u00f3n")],
            Directory.GetDirectories(Path.Combine(night.Folders.Public, "current")));
        var inode = Identity(night);
        Seal(night, "uno", 20, ahead);
        Assert.Equal(inode, Identity(night));
        if (ahead) night.Store.PrepareNext();
        Seal(night, "dos", 40, ahead);
        Assert.NotEqual(inode, Identity(night));
        Assert.Equal("dos", night.Served()[Stated]);
        Assert.Equal(["index.html", Stated], night.Served().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            [Stated, "index.html"], night.Reopen().LiveRecord(Root.Public)!.Files.Select(file => file.Path.Value)
            .OrderDescending(StringComparer.Ordinal));
    }

    /// <summary>The HASH had the sent spelling before, and now it has another.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void AFileThatIsLiveUnderTheNameThatWasSentGetsTheOther(bool ahead)
    {
        using var night = new StoreNight();
        night.Publish(0, new Dictionary<string, string> { ["index.html"] = "1", [Sent] = "uno" });
        if (ahead) night.Store.PrepareNext();
        var before = night.Store.Live(Root.Public)!;
        Seal(night, "uno", 20, ahead);
        Assert.Equal(["index.html", Stated], night.Served().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["index.html", Sent], night.Served($"releases/{before.Id}").Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ADeliveryIsPublishedUnderTheNamesOfItsHashWheneverItComes()
    {
        using var night = new DropNight();
        foreach (var hour in new[] { "20:20", "20:40" })
        {
            var files = DropNight.Package(hour);
            files["dip/M\u00c9XICO.html"] = "<html>";
            files["SHA256SUMS"] += $"{DropNight.Hex("<html>")}  dip/M\u00c9XICO.html\n";
            files["dip/ME\u0301XICO.html"] = files["dip/M\u00c9XICO.html"];
            files.Remove("dip/M\u00c9XICO.html");
            night.PutWhole($"20210606_{hour.Replace(":", "", StringComparison.Ordinal)}_PREP", files);
            var judged = night.Next<DeliveryJudged>();
            Assert.Empty(judged.Verdict.Reasons);
            night.Publish(judged);
            var served = Directory.GetFiles(Path.Combine(night.State, "public/current/dip"), "M*");
            Assert.Equal(["M\u00c9XICO.html"], served.Select(Path.GetFileName));
        }
    }

    static ulong Identity(StoreNight night)
    {
        var path = Path.Combine(night.Folders.Public, "current", Stated);
        Assert.Equal(0, Mono.Unix.Native.Syscall.stat(path, out var found));
        return found.st_ino;
    }
}
