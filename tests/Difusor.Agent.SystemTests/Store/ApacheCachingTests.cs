using System.Net;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Verification;

namespace Difusor.Agent.SystemTests.Store;

/// <summary>
/// What a reader's browser asks for again: a real Apache with Debian's modules and settings, and the shipped vhost.
/// </summary>
public sealed class ApacheCachingTests : IDisposable
{
    static readonly string[] Encodings = ["", "gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8, *;q=0.1"];
    static readonly string[] Results = [".html", ".HTM", ".json", ".txt", ".csv", ".xml", ".zip", ".hash", ""];
    static readonly string[] Dress = [".css", ".js", ".svg", ".png", ".woff2"];

    readonly string top = Directory.CreateTempSubdirectory("difusor-caching-").FullName;
    readonly StoreFolders folders;
    readonly ReleaseStore store;
    DateTimeOffset now = DateTimeOffset.UtcNow.AddHours(-3);

    public ApacheCachingTests()
    {
        File.SetUnixFileMode(top, (UnixFileMode)0b111_001_001);
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
    public async Task WhatABrowserHasAlreadyIsNotSentAgain()
    {
        using var apache = DebiansApache();
        using var client = apache.Client(1);
        var compressed = 0;
        Publish(20, "uno");
        foreach (var path in Paths())
        {
            foreach (var encoding in Encodings)
            {
                using var first = await Get(client, path, encoding);
                var (tag, vary) = (first.Headers.ETag!.ToString(), string.Join(',', first.Headers.Vary));
                Assert.Equal(HttpStatusCode.OK, first.StatusCode);
                var isCompressed = first.Content.Headers.ContentEncoding.Count > 0;
                if (isCompressed) compressed++;
                // One ETag for each encoding, or a cache would give the one for the other.
                Assert.Equal(isCompressed, tag.EndsWith("-gzip\"", StringComparison.Ordinal));
                foreach (var asked in new[] { tag, $"\"1-2-gzip\", W/\"3-br\", {tag}, \"4\"" })
                {
                    using var again = await Get(client, path, encoding, asked);
                    var body = await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
                    Assert.True((again.StatusCode, body.Length) == (HttpStatusCode.NotModified, 0),
                        $"{path}, Accept-Encoding: {encoding}, If-None-Match: {asked}: {again.StatusCode}, "
                            + $"{body.Length} bytes");
                    // It names the answer that it stands for.
                    Assert.Equal((path, encoding, asked, tag), (path, encoding, asked, again.Headers.ETag!.ToString()));
                    Assert.Contains(vary, string.Join(',', again.Headers.Vary), StringComparison.Ordinal);
                    Assert.Equal(first.Headers.CacheControl!.ToString(), again.Headers.CacheControl!.ToString());
                }
            }
        }
        Assert.True(compressed >= 10, $"{compressed} answers were compressed: Debian's mod_deflate was not at work");
    }

    [Fact]
    public async Task WhatHasChangedIsSentWhateverTheBrowserHas()
    {
        using var apache = DebiansApache();
        using var client = apache.Client(1);
        Publish(20, "uno");
        var seen = new Dictionary<(string, string), string>();
        foreach (var path in Paths())
            foreach (var encoding in Encodings)
            {
                using var answer = await Get(client, path, encoding);
                seen[(path, encoding)] = answer.Headers.ETag!.ToString();
            }
        Publish(40, "dos");
        foreach (var ((path, encoding), tag) in seen)
        {
            using var answer = await Get(client, path, encoding, tag);
            Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
        }
    }

    /// <summary>Who cannot read gzip gets no 304 for a compressed answer, which another has left in a cache.</summary>
    [Fact]
    public async Task ACompressedAnswerIsNotConfirmedToWhoCannotReadIt()
    {
        using var apache = DebiansApache();
        using var client = apache.Client(1);
        Publish(20, "uno");
        using var compressed = await Get(client, "/bd/a/largo.html", "gzip");
        Assert.Equal(["gzip"], compressed.Content.Headers.ContentEncoding);
        using var plain = await Get(client, "/bd/a/largo.html", "", compressed.Headers.ETag!.ToString());
        Assert.Equal((HttpStatusCode.OK, 0), (plain.StatusCode, plain.Content.Headers.ContentEncoding.Count));
    }

    [Fact]
    public async Task NoFileThatTellsResultsMayBeOlderThanItsPage()
    {
        using var apache = DebiansApache();
        using var client = apache.Client(1);
        Publish(20, "uno");
        foreach (var path in Paths())
        {
            using var answer = await Get(client, path, "gzip");
            var expected = Dress.Contains(Path.GetExtension(path)) ? "public, max-age=60" : "no-cache";
            Assert.Equal((path, expected), (path, answer.Headers.CacheControl!.ToString()));
        }
    }

    ApacheSite DebiansApache()
    {
        Assert.SkipUnless(ApacheSite.HasDebiansModules, "Debian's own settings of its modules are needed");
        return new ApacheSite(top, folders.Public, shippedVhost: true, asDebian: true);
    }

    static async Task<HttpResponseMessage> Get(HttpClient client, string path, string encoding, string? known = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (encoding.Length > 0) request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        if (known is not null) request.Headers.TryAddWithoutValidation("If-None-Match", known);
        return await client.SendAsync(request);
    }

    static IEnumerable<string> Paths() => Contents("").Keys.Select(path => "/" + path);

    /// <summary>Every kind of file in every size, at the top and below.</summary>
    static SortedDictionary<string, string> Contents(string text)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var ending in Results.Concat(Dress))
            foreach (var (name, lines) in new[] { ("vacio", 0), ("corto", 1), ("largo", 600) })
            {
                var folder = lines == 1 ? "" : "bd/a/";
                files[folder + name + ending] = string.Concat(Enumerable.Repeat($"<p>{text}</p>\n", lines));
            }
        files["index.html"] = $"<p>{text}</p>\n";
        return files;
    }

    void Publish(int minute, string text)
    {
        now += TimeSpan.FromMinutes(1);
        var tree = store.Stage("PREP", now);
        foreach (var (path, body) in Contents(text))
        {
            // Of the empty ones, too, the second release's must differ.
            using var source = new MemoryStream(Encoding.UTF8.GetBytes(body.Length == 0 && minute > 20 ? " " : body));
            tree.Place(RelativePath.Own(path), source);
        }
        var corte = new Corte(new DateTimeOffset(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5)).AddMinutes(minute));
        var (count, digest) = (tree.Entries.Count, DigestAlgorithm.Sha256);
        var verdict = new Verdict("PREP", corte, "PREP_MEX", count, 1, digest, text, [], [], tree.Entries);
        store.Publish(store.Seal(tree, verdict, Root.Public, future: false, now), Root.Public, now);
    }
}
