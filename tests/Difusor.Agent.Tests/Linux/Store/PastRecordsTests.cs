using System.Security.Cryptography;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Linux;

/// <summary>What the public has got stays proven after its release is gone.</summary>
public sealed class PastRecordsTests : IDisposable
{
    readonly StoreNight night = new();

    public void Dispose() => night.Dispose();

    [Fact]
    public void ARehearsalsListGoesWithItsReleaseAndThePublicsStays()
    {
        var first = night.Publish(0, StoreNight.Site(3));
        night.Publish(20, StoreNight.Site(3, " 2"));
        night.Publish(40, StoreNight.Site(3, " 3"));
        var rehearsed = night.Store.Publish(night.Seal(60, StoreNight.Site(3, " 4")), Root.Rehearsal, night.Now);
        night.Store.Publish(night.Seal(80, StoreNight.Site(3, " 5")), Root.Rehearsal, night.Now);
        night.Store.Publish(night.Seal(100, StoreNight.Site(3, " 6")), Root.Rehearsal, night.Now);
        night.Store.Remove([first, rehearsed]);
        Assert.Equal(
            $"{first.Id}.past",
            Path.GetFileName(Assert.Single(Directory.GetFiles(night.Folders.Sealed, "*.past"))));
    }

    [Fact]
    public void TheListOfWhatThePublicGotOutlivesItsReleaseOverARestart()
    {
        var first = night.Publish(0, StoreNight.Site(3));
        var second = night.Publish(20, StoreNight.Site(3, " 2"));
        var never = night.Seal(10, StoreNight.Site(3, " 3"));
        night.Publish(40, StoreNight.Site(3, " 4"));
        night.Publish(60, StoreNight.Site(3, " 5"));
        night.Reopen();
        night.Store.WasPublished(first.Id); // as the journal says at a start; the second is not told
        night.Store.Remove([first, second, never]);
        var past = Assert.Single(Directory.GetFiles(night.Folders.Sealed, "*.past"));
        Assert.Equal($"{first.Id}.past", Path.GetFileName(past));
        Assert.Equal(3, night.Folders.Records.Count());
        night.Reopen();
        Assert.DoesNotContain(night.Store.Sealed, release => release.Id == first.Id);
        var list = RecordFormat.Read(File.ReadAllBytes(past))!;
        Assert.Equal(first.ManifestSha256, Convert.ToHexStringLower(SHA256.HashData(HuellaList.Of(list.Files))));
    }
}
