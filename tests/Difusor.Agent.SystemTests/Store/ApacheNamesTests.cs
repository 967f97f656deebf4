using System.Net;
using Difusor.Agent.Linux.Conformity;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Verification;

namespace Difusor.Agent.SystemTests.Store;

/// <summary>
/// What a real Apache answers, through the shipped vhost, for names that mean something in an address, and for the
/// addresses that a single-page application makes up.
/// </summary>
public sealed class ApacheNamesTests : IDisposable
{
    static readonly string[] Odd =
    [
        "a?b.html", "x?y=1&z=2.json", "sin?", "100%.html", "a%20b.html", "a%3Fb.html", "n#1.html", "con blancos.html",
        "sección «1».html", "a+b.html", "a&b.html", "a;b.html", "a=b.html", "ruta: nueva.html", "q?/dentro.html",
    ];

    /// <summary>What setup finds out: whether this Apache takes the flag, without which a newer one refuses.</summary>
    static readonly string[] Allow3F =
        new ApacheProgram(BoundedProgram.OfHost()).TakesUnsafeAllow3F ? ["DIFUSOR_ALLOW3F"] : [];

    readonly string top = Directory.CreateTempSubdirectory("difusor-apache-").FullName;
    readonly ReleaseStore store;
    readonly StoreFolders folders;

    public ApacheNamesTests()
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

    public static TheoryData<bool> BothWays => [false, true];

    [Theory, MemberData(nameof(BothWays))]
    public async Task EachNameOfAPackageIsServedWhateverItsSignsMeanInAnAddress(bool spa)
    {
        Publish([.. Odd, "index.html"]);
        using var apache = Site(spa ? [.. Allow3F, "DIFUSOR_SPA"] : Allow3F);
        using var client = apache.Client(1);
        foreach (var name in Odd)
        {
            var address = "/" + string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
            using var answer = await client.GetAsync(address);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode}");
            Assert.Equal(Body(name), await answer.Content.ReadAsStringAsync());
        }
    }

    /// <summary>Which of the two this Apache is: the flag is there because the refusal is.</summary>
    [Fact]
    public async Task WithoutTheFlagAnApacheThatKnowsItRefusesAQuestionMark()
    {
        Assert.SkipWhen(Allow3F.Length == 0, "this Apache does not know the flag UnsafeAllow3F");
        Publish(["a?b.html", "index.html"]);
        using var apache = Site([]);
        using var client = apache.Client(1);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/a%3Fb.html")).StatusCode);
    }

    [Theory, MemberData(nameof(BothWays))]
    public async Task AQueryIsNoPartOfTheNameAndStaysInARedirect(bool spa)
    {
        Publish(["index.html", "b.html", "datos/index.html"]);
        using var apache = Site(spa ? [.. Allow3F, "DIFUSOR_SPA"] : Allow3F);
        using var client = apache.Client(1);
        Assert.Equal(Body("b.html"), await client.GetStringAsync("/b.html?casilla=1"));
        using var answer = await client.GetAsync("/datos?casilla=1");
        Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
        Assert.EndsWith("/datos/?casilla=1", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(Body("datos/index.html"), await client.GetStringAsync("/datos/"));
    }

    [Fact]
    public async Task AnApplicationsOwnAddressesAreAnsweredByItsPageAndAMissingFileIsMissing()
    {
        Publish(["index.html", "app.js", "LEEME", "datos/mex.json", "prensa/index.html"]);
        using var apache = Site([.. Allow3F, "DIFUSOR_SPA"]);
        using var client = apache.Client(1);
        foreach (var own in new[]
        {
            "/", "/diputaciones", "/diputaciones/", "/diputaciones/distrito/15", "/v1.2/casillas",
            "/diputaciones?a=b.c", "/datos", "/datos/", "/secci%C3%B3n%201", "/a%3Fb",
        })
        {
            using var answer = await client.GetAsync(own);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{own}: {answer.StatusCode}");
            Assert.Equal(Body("index.html"), await answer.Content.ReadAsStringAsync());
            Assert.Equal("no-cache", answer.Headers.CacheControl!.ToString());
        }
        foreach (var file in new[] { "app.js", "LEEME", "datos/mex.json", "prensa/index.html" })
            Assert.Equal(Body(file), await client.GetStringAsync("/" + file));
        Assert.Equal(Body("prensa/index.html"), await client.GetStringAsync("/prensa/"));
        foreach (var missing in new[]
            { "/viejo.js", "/datos/otra.json", "/diputaciones/logo.svg", "/difusor-agent/x", "/.well-known/x" })
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(missing)).StatusCode);
        store.Withdraw(Root.Public);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/diputaciones")).StatusCode);
    }

    [Fact]
    public async Task WhereNoApplicationIsNothingAnswersForAMissingPage()
    {
        Publish(["index.html", "datos/mex.json"]);
        using var apache = Site(Allow3F);
        using var client = apache.Client(1);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/diputaciones")).StatusCode);
    }

    ApacheSite Site(string[] defines) => new(top, folders.Public, shippedVhost: true, defines: defines);

    void Publish(string[] names)
    {
        var now = DateTimeOffset.UtcNow.AddHours(-3);
        var tree = store.Stage("PREP", now);
        foreach (var name in names)
        {
            using var source = new MemoryStream(Encoding.UTF8.GetBytes(Body(name)));
            tree.Place(RelativePath.Own(name), source);
        }
        var corte = new Corte(new DateTimeOffset(2021, 6, 6, 20, 20, 0, TimeSpan.FromHours(-5)));
        var verdict = new Verdict(
            "PREP", corte, "PREP_MEX", tree.Entries.Count, 1, DigestAlgorithm.Sha256, "", [], [], tree.Entries);
        store.Publish(store.Seal(tree, verdict, Root.Public, future: false, now), Root.Public, now);
    }

    static string Body(string name) => $"<p>{name}</p>\n";
}
