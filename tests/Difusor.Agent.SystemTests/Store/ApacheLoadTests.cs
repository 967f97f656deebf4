using Difusor.Agent.Linux.Store;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.SystemTests.Store;

/// <summary>
/// 100 connections to a real Apache over https while two releases whose files differ in size are swapped: through the
/// shipped vhost, and through a bare <c>DocumentRoot public/current</c> to show why there is a map. 100 swaps under
/// `make test`, 1,000 under `make test-load` (DIFUSOR_SWAPS).
/// </summary>
public sealed class ApacheLoadTests : IDisposable
{
    const int Connections = 100, AnswersASwap = 10;
    const string First = "uno", Second = "dos, más largo";
    static readonly string[] Paths = ["", "index.html", "a/1.html", "b/2.html"];

    readonly ITestOutputHelper output;
    readonly string top = Directory.CreateTempSubdirectory("difusor-load-").FullName;
    readonly ReleaseStore store;
    readonly StoreFolders folders;

    public ApacheLoadTests(ITestOutputHelper output)
    {
        this.output = output;
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
    public async Task UnderLoadEveryAnswerIsOneReleasesBytesThroughTheShippedVhost()
    {
        var seen = await Load(shippedVhost: true);
        output.WriteLine($"map:       {seen}");
        Assert.True(
            seen is { NotOk: 0, Mixed: 0, TwoBodiesOfOneTag: 0 },
            $"{seen}: {string.Join('\n', seen.Oddities.Take(5))}");
        Assert.True(seen.Of(First) > 0 && seen.Of(Second) > 0, "both releases are seen");
    }

    [Fact]
    public async Task UnderLoadTheBareLinkMixesBodiesWhichIsWhyThereIsAMap()
    {
        var seen = await Load(shippedVhost: false);
        output.WriteLine($"bare link: {seen}");
        Assert.Equal(0, seen.NotOk);
        Assert.True(Swaps < 1000 || seen.Mixed > 0, "the bare link showed no mixed body: is the test still sharp?");
    }

    static int Swaps =>
        int.Parse(
        Environment.GetEnvironmentVariable("DIFUSOR_SWAPS") is { Length: > 0 } named ? named : "100",
        CultureInfo.InvariantCulture);

    /// <summary>As many answers without a swap, then as many with: the two are compared.</summary>
    async Task<ReadersTally> Load(bool shippedVhost)
    {
        var releases = new[] { Publish(20, First), Publish(40, Second) };
        using var root = new PublishedRoot(folders.Public);
        using var apache = new ApacheSite(top, folders.Public, shippedVhost);
        using var client = apache.Client(Connections);
        var bodies = Paths.SelectMany(path => new[] { First, Second }.Select(text => (path, text)))
            .ToDictionary(one => one, one => Body(one.path, one.text));
        var seen = new ReadersTally((path, text) => bodies[(path, text)], First, Second);
        using var answered = new SemaphoreSlim(0);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, Connections)
            .Select(number => Task.Run(() => Read(client, number, seen, answered, done.Token))).ToArray();
        foreach (var phase in new[]
            { ReadersTally.Phases.WarmUp, ReadersTally.Phases.Still, ReadersTally.Phases.Swapping })
        {
            seen.Phase = phase;
            for (var swap = 0; swap < Swaps; swap++)
            {
                if (phase == ReadersTally.Phases.Swapping) root.Swap(releases[seen.Swaps++ % 2].Id);
                for (var answer = 0; answer < AnswersASwap; answer++) await answered.WaitAsync(CancellationToken.None);
            }
        }
        await done.CancelAsync();
        await Task.WhenAll(readers);
        return seen;
    }

    static async Task Read(
        HttpClient client, int number, ReadersTally seen, SemaphoreSlim answered, CancellationToken done)
    {
        for (var at = number; !done.IsCancellationRequested; at++)
        {
            await seen.Read(client, Paths[at % Paths.Length]);
            answered.Release();
        }
    }

    Release Publish(int minute, string text)
    {
        var now = DateTimeOffset.UtcNow.AddHours(-3).AddMinutes(minute);
        var tree = store.Stage("PREP", now);
        foreach (var path in Paths.Where(path => path.Length > 0))
        {
            using var source = new MemoryStream(Encoding.UTF8.GetBytes(Body(path, text)));
            tree.Place(RelativePath.Own(path), source);
        }
        var corte = new Corte(new DateTimeOffset(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5)).AddMinutes(minute));
        var verdict = new Verdict(
            "PREP", corte, "PREP_MEX", tree.Entries.Count, 1, DigestAlgorithm.Sha256, text, [], [], tree.Entries);
        return store.Publish(store.Seal(tree, verdict, Root.Public, future: false, now), Root.Public, now);
    }

    static string Body(string path, string text) =>
        string.Concat(Enumerable.Repeat($"<p>{(path.Length == 0 ? "index.html" : path)} {text}</p>\n", 600));
}
