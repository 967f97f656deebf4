using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Tests.Linux;

/// <summary>An archive is its own root: what is open, replaced, or turns into a folder under the same name.</summary>
public sealed class ArchiveRootTests
{
    const string Name = "P_20210606_2020";

    [Theory]
    [InlineData(".zip"), InlineData(".tar"), InlineData(".tar.gz"), InlineData(".tgz")]
    public void AnArchiveThatIsStillOpenStalls(string extension)
    {
        using var night = new DropNight();
        using var upload = File.Open(night.In(Name + extension), FileMode.Create);
        // The first bytes of its kind: seen before the drop is watched, others would be no archive at all.
        upload.Write(extension.EndsWith("gz", StringComparison.Ordinal) ? [0x1F, 0x8B] : "PK"u8);
        upload.Flush();
        Assert.Equal([Name + extension], night.Next<DeliveryStalls>().Awaited.Names);
        night.Put("P_20210606_2040", DropNight.Package("20:40"));
        Assert.True(night.NextVerdict().Accepted);
    }

    [Fact]
    public void AnArchiveThatBecomesAFolderIsJudgedAsThatFolder()
    {
        using var night = new DropNight();
        using (var upload = File.Open(night.In($"{Name}.zip"), FileMode.Create))
        {
            upload.Write("PK"u8);
            upload.Flush();
            night.Next<DeliveryStalls>();
        }
        File.Delete(night.In($"{Name}.zip"));
        night.Put($"{Name}.zip", DropNight.Package());
        var verdict = night.NextVerdict();
        Assert.True(verdict.Accepted, string.Join(' ', verdict.Reasons));
        Assert.Equal($"{Name}.zip", verdict.Package);
    }

    [Fact]
    public void AFolderThatBecomesAnArchiveIsJudgedAsThatArchive()
    {
        using var night = new DropNight();
        night.Put($"{Name}.zip", DropNight.Package().Where(file => file.Key != "dip/003.html"));
        night.Next<DeliveryStalls>();
        Directory.Delete(night.In($"{Name}.zip"), recursive: true);
        var files = DropNight.Package()
            .Select(file => new Packages.Archives.ZipPart(file.Key, file.Value) { Method = 0 });
        File.WriteAllBytes(night.In($"{Name}.zip"), Packages.Archives.ZipBuilder.Of([.. files]));
        var verdict = night.NextVerdict();
        Assert.True(verdict.Accepted, string.Join(' ', verdict.Reasons));
    }

    [Fact]
    public void AJudgedArchiveThatBecomesAFolderIsJudgedAsThatFolder()
    {
        using var night = new DropNight();
        File.WriteAllText(night.In($"{Name}.zip"), "no archive");
        Assert.False(night.NextVerdict().Accepted);
        File.Delete(night.In($"{Name}.zip"));
        night.Put($"{Name}.zip", DropNight.Package());
        var verdict = night.NextVerdict();
        Assert.True(verdict.Accepted, string.Join(' ', verdict.Reasons));
    }

    [Fact]
    public void ALinkThatIsNamedLikeAnArchiveIsRefusedAndNotFollowed()
    {
        using var night = new DropNight();
        night.PutFile("../secret.zip", "secret");
        File.CreateSymbolicLink(night.In($"{Name}.zip"), night.In("../secret.zip"));
        Assert.Contains("unsafe-type", DropNight.Codes(night.NextVerdict()));
    }

    /// <summary>
    /// Between the look, which saw a link, and the reading, the link became a file that is named like no archive.
    /// </summary>
    [Fact]
    public void ALooseFileInThePlaceOfALinkIsNoArchiveAndEndsNothing()
    {
        using var staged = new StagedDelivery([]);
        staged.Write("../loose", "text");
        var delivery = new Delivery(
            new RawPath("loose"), isArchive: true, staged.Settings.Drop, staged.Settings.Limits, HostClock.Read());
        delivery.Saw(
            new RawPath("loose"), new FileIdentity(1, 2, FileKind.Symlink, 3, 4, 5, 0x1FF, 0, 1), 1, HostClock.Read());
        var (reading, archive) = staged.Reader.Unpack(delivery.TakeWork()!, staged.Reception.Tree!);
        Assert.Equal((Reading.Nothing, null), (reading, archive));
    }

    [Fact]
    public void AnOperatorsPathToALooseFileIsNoPackageAndEndsNothing()
    {
        using var night = new DropNight();
        night.PutFile("../elsewhere/loose.txt", "text");
        Assert.NotEqual(true, night.Receiver.Judge(night.In("../elsewhere/loose.txt"))?.Verdict.Accepted);
    }

    [Theory]
    [InlineData("", "a/b", "a/b"), InlineData("a", "a/b", "b"), InlineData("a.zip", "a.zip", ""),
        InlineData("a", "b/c", "b/c"), InlineData("a/b", "a", "a")]
    public void ThePathBelowAFolderIsTotal(string folder, string path, string below) =>
        Assert.Equal(new RawPath(below), new RawPath(path).Below(new RawPath(folder)));
}
