using System.Text.Json.Nodes;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests;

/// <summary>What the packages say of the code of others in the binary: <c>packaging/third-party</c>.</summary>
public sealed class ThirdPartyTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EachPackageThatTheAgentIsCompiledWithIsListedWithItsVersionAndLicence()
    {
        Make("one");
        var listed = JsonNode.Parse(File.ReadAllText(folder["one/sbom.cdx.json"]))!["components"]!.AsArray()
            .ToDictionary(
            one => $"{one!["name"]}/{one["version"]}",
            one => (string?)one!["licenses"]![0]!["license"]!["id"]);
        var assets = JsonNode.Parse(File.ReadAllText(WorkingCopy.At("agent/Agent/obj/project.assets.json")))!;
        var compiled = assets["targets"]!.AsObject()
            .Where(target => target.Key.EndsWith("/linux-x64", StringComparison.Ordinal))
            .SelectMany(target => target.Value!.AsObject())
            .Where(package => package.Value!["type"]!.ToString() == "package" && HasCode(package.Value["runtime"]))
            .Select(package => package.Key).ToList();
        Assert.NotEmpty(compiled);
        Assert.Empty(compiled.Except(listed.Keys, StringComparer.Ordinal));
        Assert.All(listed.Values, licence => Assert.False(string.IsNullOrEmpty(licence)));
        Assert.Contains(listed.Keys, name => name.StartsWith("Microsoft.NETCore.App.", StringComparison.Ordinal));
        var notices = File.ReadAllText(folder["one/THIRD-PARTY-NOTICES.txt"]);
        Assert.All(listed.Keys, name => Assert.Contains(name.Replace('/', ' '), notices, StringComparison.Ordinal));
        Assert.Contains("Apache License", notices, StringComparison.Ordinal);
        Assert.Contains("Unicode, Inc.", notices, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameCommitGivesTheSameBytes()
    {
        Make("one");
        Make("two");
        foreach (var name in new[] { "sbom.cdx.json", "THIRD-PARTY-NOTICES.txt" })
            Assert.Equal(File.ReadAllBytes(folder[$"one/{name}"]), File.ReadAllBytes(folder[$"two/{name}"]));
    }

    static bool HasCode(JsonNode? runtime) =>
        runtime is JsonObject files && files.Any(file => file.Key.EndsWith(".dll", StringComparison.Ordinal));

    void Make(string name)
    {
        var (exit, _, said) = Bounded.Run(
            "env", "SOURCE_DATE_EPOCH=1700000000", WorkingCopy.At("packaging/third-party"), folder[name], "1.2.3",
            "linux-x64");
        Assert.True(exit == 0, said);
    }
}
