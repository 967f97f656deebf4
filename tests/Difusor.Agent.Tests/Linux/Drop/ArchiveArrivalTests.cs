using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Tests.Packages.Archives;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Linux;

/// <summary>Archives that change or stop while they are unpacked.</summary>
public sealed class ArchiveArrivalTests
{
    static byte[] Zip(IEnumerable<KeyValuePair<string, string>> files) =>
        ZipBuilder.Of([.. files.Select(file => new ZipPart(file.Key, file.Value) { Method = 0 })]);

    [Fact]
    public void AnArchiveReplacedWhileItIsUnpackedLeavesNothingOfTheFirst()
    {
        using var night = new DropNight();
        var first = DropNight.Package("20:20", pages: 3000, note: new string('x', 5000));
        File.WriteAllBytes(night.In("../first.zip"), Zip(first));
        File.WriteAllBytes(night.In("../second.zip"), Zip(DropNight.Package("20:40")));
        File.Move(night.In("../first.zip"), night.In("P.zip"));
        var staging = Path.Combine(night.State, "staging");
        Bounded.Until(
            () => Directory.EnumerateFiles(staging, "*.html", SearchOption.AllDirectories).Any(), "a page in staging/");
        File.Move(night.In("../second.zip"), night.In("P.zip"), overwrite: true);
        Verdict verdict;
        do verdict = night.NextVerdict();
        while (verdict.Accepted && verdict.Corte?.ToString() == "2021-06-06T20:20:00-06:00");
        Assert.True(verdict.Accepted, string.Join(' ', verdict.Reasons.Take(3)));
        Assert.Equal(DropNight.Package("20:40").Count, verdict.Files);
    }

    [Fact]
    public void AnArchiveThatStopsIsWaitedForAndItsRestEndsThat()
    {
        using var night = new DropNight();
        var zip = Zip(DropNight.Package());
        File.WriteAllBytes(night.In("P_20210606_2020.zip"), zip[..^100]);
        night.Next<DeliveryStalls>();
        File.AppendAllBytes(night.In("P_20210606_2020.zip"), zip[^100..]);
        Assert.True(night.NextVerdict().Accepted);
    }

    [Theory]
    [InlineData("P\u202e_20210606_2020.zip", "P\\xe2\\x80\\xae_20210606_2020.zip")]
    [InlineData("P\ufeff_20210606_2020.zip", "P\\xef\\xbb\\xbf_20210606_2020.zip")]
    public void ANameThatHidesOrTurnsTheTextIsRefusedAndToldWithItsBytes(string name, string told)
    {
        using var night = new DropNight();
        var zip = Zip(DropNight.Package().Where(file => file.Key != "SHA256SUMS"));
        night.PutFile(
            name + ".sha256", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(zip)) + "\n");
        File.WriteAllBytes(night.In(name), zip);
        var verdict = night.NextVerdict();
        Assert.False(verdict.Accepted);
        Assert.Contains(("unsafe-path", told), verdict.Reasons.Select(reason => (reason.Code, reason.Path)));
    }

    [Fact]
    public void ALongNameThatIsNoTextIsRefusedAndNotPassedOver()
    {
        using var night = new DropNight();
        File.WriteAllBytes(night.In("../P.zip"), Zip(DropNight.Package()));
        byte[] from = [.. System.Text.Encoding.UTF8.GetBytes(night.In("../P.zip")), 0];
        byte[] to = [
            .. System.Text.Encoding.UTF8.GetBytes(night.Drop + "/"), .. Enumerable.Repeat((byte)0xFE, 200),
            .. ".zip\0"u8];
        Assert.Equal(0, RenameRaw(from, to));
        Assert.Contains("unsafe-path", DropNight.Codes(night.NextVerdict()));
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "rename")]
    static extern int RenameRaw(byte[] from, byte[] to);

    [Fact]
    public void AnArchiveWhoseEntriesAreAllRefusedGivesItsTurnUp()
    {
        using var staged = new StagedDelivery([]);
        var entries = Enumerable.Range(0, 20_000).Select(number => KeyValuePair.Create($"../{number}", "x"));
        File.WriteAllBytes(staged.At("../P.zip"), Zip(entries));
        var delivery = new Delivery(
            new RawPath("P.zip"), isArchive: true, staged.Settings.Drop, staged.Settings.Limits, HostClock.Read());
        DropLook.Into(delivery, staged.Drop, staged.Settings, 1, HostClock.Read());
        var slice = new Slice();
        slice.End();
        var reader = new SourceReader(staged.Drop, staged.Settings.Limits, slice: slice);
        Assert.Throws<SliceOver>(() => reader.Unpack(delivery.TakeWork()!, staged.Reception.Tree!));
    }

    [Fact]
    public void AListBesideThatIsTooLongOrNoFileIsNone()
    {
        using var staged = new StagedDelivery([]);
        using (var file = File.Create(staged.At("../long.hash"))) file.SetLength(HashFileReader.MostBytesBeside + 1);
        using (var file = File.Create(staged.At("../zeros.hash"))) file.SetLength(HashFileReader.MostBytesBeside);
        staged.Write("../own", new string('1', 64) + "  P.zip\n");
        File.CreateSymbolicLink(staged.At("../link.hash"), "own");
        File.Copy(staged.At("../own"), staged.At("../P.zip.hash"));
        BesideList? Read(string name) => BesideReader.Read(staged.Drop, new(name), staged.Settings.Limits);
        Assert.Null(Read("long.hash"));
        Assert.Null(Read("link.hash"));
        Assert.Null(Read("gone.hash"));
        Assert.Equal(0, Read("zeros.hash")!.Names);
        Assert.Single(Read("P.zip.hash")!.Of(RelativePath.Own("P.zip"))!.Digests);
    }
}
