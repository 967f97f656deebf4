using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests.Privacy;

/// <summary>
/// Before the opening another account of the host reads all that it can: none of it tells a digest or a size of what is
/// not published.
/// </summary>
public sealed class OtherAccountTests
{
    const string Nobody = "65534";

    [Theory]
    [InlineData("es"), InlineData("en")]
    public void NothingThatAnotherAccountCanReadTellsADigestOrASizeBeforeTheOpening(string language)
    {
        using var agent = new RunningAgent(
            DateTimeOffset.UtcNow.AddHours(1), ["127.0.0.1:9", "127.0.0.1:19"],
            $"language: {language}\ndrop: {{settle: 100ms}}").Start();
        var good = new TestPackage(agent.Opens, pages: 41);
        good.Files["bd/relleno.txt"] = new string('x', 7_654_321);
        good.Deliver(agent.Drop);
        Assert.Equal(
            "PACKAGE_HELD", RunningAgent.Event(agent.Await("PACKAGE_HELD", "PACKAGE_REJECTED", "CORTE_PUBLISHED")));
        var verified = agent.Journal().Last(record => RunningAgent.Event(record) == "PACKAGE_VERIFIED");
        var bad = new TestPackage(agent.Opens.AddMinutes(20)).Deliver(agent.Drop, package =>
        {
            package.Files["seccion/0002.html"] += "cambiado";
            package.Files["bd/de más.txt"] = new string('y', 1_234_567);
        });
        var rejected = agent.Await("PACKAGE_REJECTED", "PACKAGE_HELD");
        Assert.Equal("PACKAGE_REJECTED", RunningAgent.Event(rejected));
        agent.AwaitStatus(
            status =>
            status["last_rejections"]!.AsArray().Count > 0
            && (long)status["journal"]!["seq"]! >= (long)rejected["seq"]!);
        // The page is written at most once a second: the next turn of the loop writes it.
        var page = agent.At(language == "es" ? "run/page/index.html" : "run/page/en.html");
        agent.AwaitStatus(_ => File.ReadAllText(page).Contains(bad.Name, StringComparison.Ordinal));

        var seen = ReadAsNobody(agent);
        // It is no empty proof: the page and the metrics are there to be read.
        Assert.Matches(@"difusor_agent_gate_open\{[^}]*\} 0", seen);
        Assert.Contains(good.Name, seen, StringComparison.Ordinal);

        var digests = good.Files.Values.Concat(bad.Files.Values)
            .Select(text => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))))
            .Append(RunningAgent.Field(verified, "manifest_sha256")!)
                .Append(RunningAgent.Field(rejected, "manifest_sha256")!)
            .Append((string)agent.Status()["journal"]!["head"]!);
        Assert.DoesNotContain(digests, digest => seen.Contains(digest[..12], StringComparison.OrdinalIgnoreCase));
        // Nor any other digest, of what is not known here.
        Assert.Empty(Regex.Matches(seen, "[0-9a-fA-F]{40,}").Select(match => match.Value));
        var sizes = new[]
            { RunningAgent.Field(verified, "bytes")!, RunningAgent.Field(rejected, "bytes")!, "7654321", "1234567" };
        foreach (var size in sizes) Assert.DoesNotMatch($"(?<![0-9]){size}(?![0-9])", seen);
        foreach (var size in sizes)
            Assert.DoesNotContain(
                long.Parse(size, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture), seen,
                StringComparison.Ordinal);

        var (code, _, errors) = AsNobody(Binary.Path, "status", "--config", agent.Configuration);
        Assert.Equal(3, code);
        Assert.Contains(
            language == "es" ? "use sudo, o entre al grupo" : "use sudo, or join the group", errors,
            StringComparison.Ordinal);
    }

    /// <summary>
    /// Every file below the agent's folders by its own name, for a folder that cannot be listed may be entered; but the
    /// drop, whose modes are the packages' business.
    /// </summary>
    static string ReadAsNobody(RunningAgent agent)
    {
        var seen = new StringBuilder();
        foreach (var folder in new[] { "acuses", "estado", "run" })
            foreach (var file in Directory.GetFiles(agent.At(folder), "*", SearchOption.AllDirectories))
            {
                var (code, text, _) = AsNobody("cat", file);
                // The name of what cannot be read is this test's own knowledge: the vault's are digests.
                if (code == 0) seen.Append(file[agent.Folder.Length..]).Append('\n').Append(text).Append('\n');
            }
        return seen.ToString();
    }

    static (int Code, string Output, string Errors) AsNobody(params string[] command) =>
        Bounded.Run("setpriv", ["--reuid=" + Nobody, "--regid=" + Nobody, "--clear-groups", .. command]);
}
