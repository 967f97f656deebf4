using System.IO.Compression;
using System.Text.Json.Nodes;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests;

/// <summary>Nothing in the drop of a real daemon is met with silence.</summary>
public sealed class NoDeliveryTests(OpenedNight night) : IClassFixture<OpenedNight>
{
    const string Settled = "drop: {settle: 300ms, give_up: 10m}";

    RunningAgent Agent() => night.Agent(yaml: Settled).StartWhole();

    static int Count(RunningAgent agent, string code) =>
        agent.Journal().Count(record => RunningAgent.Event(record) == code);

    [Theory]
    [InlineData(".rar"), InlineData(".7z"), InlineData(".tar.xz"), InlineData(".tar.zst"), InlineData(".gz")]
    public void AnArchiveOfAnotherKindIsSeenRejectedAndReceipted(string ending)
    {
        using var agent = Agent();
        var name = night.Package(40, "").Name + ending;
        File.WriteAllText(Path.Combine(agent.Drop, name), "no contents that anybody reads");
        Assert.Equal(name, RunningAgent.Field(agent.Await("DELIVERY_SEEN"), "package"));
        var reason = agent.Await("PACKAGE_REJECTED")["fields"]!["reasons"]![0]!;
        Assert.Equal("bad-archive", (string?)reason["code"]);
        Assert.Contains(".zip, .tar, .tar.gz", (string?)reason["detail"], StringComparison.Ordinal);
        agent.AwaitStatus(status => status["last_rejections"]!.AsArray().Count > 0);
        var acuse = JsonNode.Parse(File.ReadAllText(agent.At($"acuses/{name}.json")))!;
        Assert.Equal("rejected", (string?)acuse["state"]);
        Assert.Contains(".zip, .tar, .tar.gz", acuse.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(1, Count(agent, "PACKAGE_REJECTED"));
    }

    [Fact]
    public void AnArchiveWhoseUploadStopsIsToldOnceAndPublishedWhenItEnds()
    {
        using var agent = Agent();
        var package = night.Package(40, "");
        var zip = ZipOf(package);
        using (var upload = File.Create(Path.Combine(agent.Drop, package.Name + ".zip")))
        {
            upload.Write(zip.AsSpan(0, zip.Length / 2));
            upload.Flush();
            agent.Await("DELIVERY_STALLED");
            // The agent goes on meanwhile.
            night.Package(30, "").Deliver(agent.Drop);
            agent.Await("CORTE_PUBLISHED");
            upload.Write(zip.AsSpan(zip.Length / 2));
        }
        Assert.Equal(package.Name + ".zip", RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "package"));
        Assert.Equal(1, Count(agent, "DELIVERY_STALLED"));
        Assert.Equal(0, Count(agent, "PACKAGE_REJECTED"));
    }

    [Fact]
    public void ALooseFileAndAFolderOfPackagesAreToldOnceAlsoOverARestartUntilTheyAreGone()
    {
        using var agent = Agent();
        File.WriteAllText(Path.Combine(agent.Drop, "index.html"), "<p>suelto</p>");
        Assert.Equal(
            ("index.html", "loose-files"),
            agent.Await("DELIVERY_IGNORED") is var loose
                ? (RunningAgent.Field(loose, "entry"), RunningAgent.Field(loose, "cause")) : default);
        night.Package(40, "").Deliver(Directory.CreateDirectory(Path.Combine(agent.Drop, "PREP")).FullName);
        Assert.Equal(
            ("PREP", "not-a-package"),
            agent.Await("DELIVERY_IGNORED") is var folder
                ? (RunningAgent.Field(folder, "entry"), RunningAgent.Field(folder, "cause")) : default);
        // Others are none of this test's: a corte may be overdue.
        agent.AwaitStatus(status => (int)status["ignored_total"]! == 2 && status["troubles"]!.AsArray()
            .Count(trouble => (string?)trouble!["event"] == "DELIVERY_IGNORED") == 2);
        Assert.False(File.Exists(agent.At("acuses/index.html.json")));
        agent.Stop();
        agent.StartWhole();
        agent.AwaitStatus(status => (int)status["ignored_total"]! == 2);
        Directory.Delete(Path.Combine(agent.Drop, "PREP"), recursive: true);
        Assert.Equal("PREP", RunningAgent.Field(agent.Await("TROUBLE_ENDED"), "subject"));
        File.Delete(Path.Combine(agent.Drop, "index.html"));
        Assert.Equal("index.html", RunningAgent.Field(agent.Await("TROUBLE_ENDED"), "subject"));
        Assert.Equal(2, Count(agent, "DELIVERY_IGNORED"));
        Assert.Empty(agent.AwaitStatus(status => (int)status["ignored_total"]! == 0)["ignored"]!.AsArray());
    }

    [Fact]
    public void ACorteThatIsOverdueBesideLooseFilesIsNotSaidToHaveSentNothing()
    {
        using var first = new Chronyd();
        using var second = new Chronyd();
        using var agent = new RunningAgent(
            night.Opens, [first.Address, second.Address], $"publication: {{grace: 1s}}\n{Settled}");
        File.WriteAllText(Path.Combine(agent.Drop, "index.html"), "<p>suelto</p>");
        agent.Start();
        var overdue = agent.Await("CORTE_OVERDUE");
        Assert.Contains(RunningAgent.Field(overdue, "cause"), new[] { "arriving", "ignored" });
        Assert.Equal("index.html", (string?)overdue["fields"]!["packages"]![0]);
    }

    static byte[] ZipOf(TestPackage package)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (path, text) in package.Files.Append(new("PREP.hash", package.Manifest())))
            {
                using var entry = zip.CreateEntry(path).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        return bytes.ToArray();
    }
}
