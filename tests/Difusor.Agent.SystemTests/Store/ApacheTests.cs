using System.Net;
using System.Net.Http.Headers;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.SystemTests.Store;

/// <summary>
/// What a reader of a real Apache sees across swaps, one request after the other, over https through the shipped vhost.
/// </summary>
public sealed class ApacheTests : IDisposable
{
    static readonly string[] Paths = ["index.html", "a/1.html", "a/2.html", "b/3.html"];

    readonly string top = Directory.CreateTempSubdirectory("difusor-apache-").FullName;
    readonly ReleaseStore store;
    readonly StoreFolders folders;
    DateTimeOffset now = DateTimeOffset.UtcNow.AddHours(-3);

    public ApacheTests()
    {
        File.SetUnixFileMode(
            top, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute
                | UnixFileMode.OtherExecute);
        folders = new StoreFolders(Path.Combine(top, "state"));
        store = ReleaseStore.Open(folders, out _)!;
        store.Recover("<p>nada aún</p>\n");
    }

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(top, recursive: true);
    }

    [Fact]
    public async Task TheNoticeIsServedBeforeTheFirstPublicationAndAfterAWithdrawal()
    {
        using var apache = new ApacheSite(top, folders.Public, shippedVhost: true);
        using var client = apache.Client(1);
        Assert.Contains("nada aún", await client.GetStringAsync("/"), StringComparison.Ordinal);
        Publish(20, "uno");
        Assert.Equal(Body("index.html", "uno"), await client.GetStringAsync("/"));
        Assert.Equal(Body("a/1.html", "uno"), await client.GetStringAsync("/a/1.html"));
        store.Withdraw(Root.Public);
        Assert.Contains("nada aún", await client.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/a/1.html")).StatusCode);
    }

    [Fact]
    public async Task CachesStayRightAcrossASwapForwardAndBack()
    {
        using var apache = new ApacheSite(top, folders.Public, shippedVhost: true);
        using var client = apache.Client(1);
        var first = Publish(20, "uno");
        var seenFirst = await client.GetAsync("/index.html");
        var unchanged = await client.GetAsync("/igual.html");
        Publish(40, "dos");
        var seenSecond = await AssertChanged(client, seenFirst, "dos");
        await AssertUnchanged(client, unchanged);
        now += TimeSpan.FromMinutes(1);
        store.Activate(first, Root.Public, store.Sealed.Max(release => release.Rank), hold: false, "prueba", now);
        await AssertChanged(client, seenSecond, "uno");
        await AssertChanged(client, seenFirst, "uno");
        await AssertUnchanged(client, unchanged);
    }

    /// <summary>
    /// Apache keeps what it has read of a map until the map's modification time changes: two maps of one time would
    /// serve the old release on.
    /// </summary>
    [Fact]
    public async Task TheNextAnswerAfterASwapIsTheNewReleasesHoweverQuicklySwapsFollow()
    {
        var (first, second) = (Publish(20, "uno"), Publish(40, "dos"));
        using var root = new PublishedRoot(folders.Public);
        using var apache = new ApacheSite(top, folders.Public, shippedVhost: true);
        using var client = apache.Client(1);
        for (var swap = 0; swap < 100; swap++)
        {
            root.Swap(swap % 2 == 0 ? second.Id : first.Id);
            root.Swap(swap % 2 == 0 ? first.Id : second.Id);
            Assert.Equal(Body("index.html", swap % 2 == 0 ? "uno" : "dos"), await client.GetStringAsync("/"));
        }
    }

    /// <summary>
    /// Also where the clock stands still or has been set back: the map's time moves by what Apache can see, whole
    /// microseconds.
    /// </summary>
    [Fact]
    public void EachMapIsNewerThanTheLastByWhatApacheCanSee()
    {
        var releases = new[] { Publish(20, "uno"), Publish(40, "dos") };
        using var root = new PublishedRoot(folders.Public);
        var map = Path.Combine(folders.Public, "current.map");
        File.SetLastWriteTimeUtc(map, DateTime.UtcNow.AddHours(1)); // written before the clock went back
        var last = File.GetLastWriteTimeUtc(map).Ticks / TimeSpan.TicksPerMicrosecond;
        for (var swap = 0; swap < 50; swap++)
        {
            root.Swap(releases[swap % 2].Id);
            var now = File.GetLastWriteTimeUtc(map).Ticks / TimeSpan.TicksPerMicrosecond;
            Assert.True(now > last, $"swap {swap}: {now} after {last}");
            last = now;
        }
    }

    static async Task<HttpResponseMessage> AssertChanged(HttpClient client, HttpResponseMessage seen, string text)
    {
        foreach (var request in Conditional("/index.html", seen))
        {
            using var answer = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(Body("index.html", text), await answer.Content.ReadAsStringAsync());
        }
        return await client.GetAsync("/index.html");
    }

    static async Task AssertUnchanged(HttpClient client, HttpResponseMessage seen)
    {
        foreach (var request in Conditional("/igual.html", seen))
            Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(request)).StatusCode);
    }

    static IEnumerable<HttpRequestMessage> Conditional(string path, HttpResponseMessage seen)
    {
        yield return new HttpRequestMessage(
            HttpMethod.Get, path) { Headers = { IfNoneMatch = { new EntityTagHeaderValue(seen.Headers.ETag!.Tag) } } };
        yield return new HttpRequestMessage(
            HttpMethod.Get, path) { Headers = { IfModifiedSince = seen.Content.Headers.LastModified } };
    }

    Release Publish(int minute, string text)
    {
        now += TimeSpan.FromMinutes(1);
        var tree = store.Stage("PREP", now);
        foreach (var path in Paths.Append("igual.html"))
        {
            using var source = new MemoryStream(Encoding.UTF8.GetBytes(Body(path, path == "igual.html" ? "" : text)));
            tree.Place(RelativePath.Own(path), source);
        }
        var corte = new Corte(new DateTimeOffset(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5)).AddMinutes(minute));
        var verdict = new Verdict(
            "PREP", corte, "PREP_MEX", tree.Entries.Count, 1, DigestAlgorithm.Sha256, text, [], [], tree.Entries);
        return store.Publish(store.Seal(tree, verdict, Root.Public, future: false, now), Root.Public, now);
    }

    static string Body(string path, string text) => string.Concat(Enumerable.Repeat($"<p>{path} {text}</p>\n", 600));
}
