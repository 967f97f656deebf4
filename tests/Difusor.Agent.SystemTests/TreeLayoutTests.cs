using System.Security.Cryptography;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests;

/// <summary>
/// A real daemon whose drop is a tree: what follows from a HASH file that changes after the acceptance, and from half a
/// corte.
/// </summary>
public sealed class TreeLayoutTests(OpenedNight night) : IClassFixture<OpenedNight>
{
    RunningAgent Agent(string giveUp) =>
        night.Agent(yaml: $"drop: {{layout: tree, settle: 300ms, give_up: {giveUp}}}").StartWhole();

    /// <summary>
    /// With as many pages as what is live already: without a manifest at the top, what lacks would be waited for.
    /// </summary>
    TestPackage Package(int minute) => new(night.Opens.AddMinutes(minute), pages: 57);

    static void Write(RunningAgent agent, IEnumerable<KeyValuePair<string, string>> files)
    {
        foreach (var (path, text) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(agent.Drop, path))!);
            File.WriteAllText(Path.Combine(agent.Drop, path), text);
        }
    }

    static void WriteWhole(RunningAgent agent, TestPackage package, string note = "") =>
        Write(agent, package.Files.Append(new("PREP.hash", note + package.Manifest())));

    static IEnumerable<KeyValuePair<string, string>> WithSidecars(IEnumerable<KeyValuePair<string, string>> files) =>
        files.SelectMany(file => new[]
    {
        file, new(
            $"{file.Key}.sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Value))) + "\n"),
    });

    static string Reason(System.Text.Json.Nodes.JsonNode rejected) =>
        rejected["fields"]!["reasons"]![0]!["code"]!.GetValue<string>();

    static bool Serves(RunningAgent agent, TestPackage package) =>
        package.Files.All(file => File.ReadAllText(Path.Combine(agent.Current, file.Key)) == file.Value);

    [Fact]
    public void AHashFileThatChangesAfterTheAcceptance()
    {
        using var agent = Agent(giveUp: "2s");
        var package = Package(40);
        WriteWhole(agent, package);
        agent.Await("CORTE_PUBLISHED");

        WriteWhole(agent, package, note: "# written anew\n");
        agent.Await("PACKAGE_DUPLICATE");

        File.WriteAllText(Path.Combine(agent.Drop, "PREP.hash"), Package(60).Manifest());
        Assert.Equal("digest-mismatch", Reason(agent.Await("PACKAGE_REJECTED")));
        Assert.True(Serves(agent, package));

        WriteWhole(agent, package);
        agent.Await("PACKAGE_DUPLICATE");

        File.Delete(Path.Combine(agent.Drop, "PREP.hash"));
        Assert.Equal("no-hash", Reason(agent.Await("PACKAGE_REJECTED")));
        Assert.True(Serves(agent, package));

        package.Files["seccion/0001.html"] += "<p>fe de erratas</p>\n";
        WriteWhole(agent, package);
        agent.Await("CORTE_PUBLISHED");
        Assert.True(Serves(agent, package));
    }

    [Theory]
    [InlineData("bd/"), InlineData("seccion/")]
    public void HalfACorteWithSidecarsIsNeverPublished(string comes)
    {
        using var agent = Agent(giveUp: "2s");
        var (first, second) = (Package(40), Package(60));
        Write(agent, WithSidecars(first.Files));
        agent.Await("CORTE_PUBLISHED");

        Write(agent, WithSidecars(second.Files.Where(file => file.Key.StartsWith(comes, StringComparison.Ordinal))));
        Assert.Equal("corte-mismatch", Reason(agent.Await("PACKAGE_REJECTED", "CORTE_PUBLISHED")));
        Assert.True(Serves(agent, first));

        Write(agent, WithSidecars(second.Files));
        agent.Await("CORTE_PUBLISHED");
        Assert.True(Serves(agent, second));
    }

    [Fact]
    public void HalfACorteThatCameWhileTheAgentWasDownIsWaitedFor()
    {
        using var agent = Agent(giveUp: "10m");
        var (first, second) = (Package(40), Package(60));
        Write(agent, WithSidecars(first.Files));
        agent.Await("CORTE_PUBLISHED");
        agent.Stop(Mono.Unix.Native.Signum.SIGKILL);
        Write(agent,
            WithSidecars(second.Files.Where(file => !file.Key.StartsWith("seccion/", StringComparison.Ordinal))));
        agent.StartWhole();
        Assert.Contains(
            "seccion/0001.html", agent.Await("DELIVERY_STALLED", "CORTE_PUBLISHED").ToJsonString(),
            StringComparison.Ordinal);
        Write(agent, WithSidecars(second.Files));
        agent.Await("CORTE_PUBLISHED");
        Assert.True(Serves(agent, second));
    }
}
