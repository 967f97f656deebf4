using System.Text.Json.Nodes;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Linux;

/// <summary>What an acuse says of a release whose state changes after its verdict.</summary>
public sealed class ReceiptsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ARejectionThatComesLaterSaysWhyInTheLanguageOfTheAgentAndIsNotTheLastAcuse()
    {
        var receipts = new Receipts(fault => Assert.Fail(fault.Message))
        {
            Folder = folder.Path, Language = Language.Es,
        };
        var corte = new Corte(new DateTimeOffset(2021, 6, 6, 21, 0, 0, TimeSpan.FromHours(-5)));
        var release = new Release(
            ReleaseId.For(corte, 1), 1, "PREP", corte, null, "huella", 1, 1, Root.Public, true, 0, corte.At, []);
        receipts.Write(
            release, PackageState.Rejected, release.SealedAt, isLast: false,
            Finding.Of(ReasonCode.NoRoom, null, "removed because the disk is nearly full"));
        var told = JsonNode.Parse(File.ReadAllText(folder[$"{release.Package}.json"]))!;
        Assert.Equal("rejected", (string?)told["state"]);
        var reason = Assert.Single(told["reasons"]!.AsArray())!;
        Assert.Equal("no-room", (string?)reason["code"]);
        Assert.Equal("se quitó porque queda poco espacio en disco", (string?)reason["detail"]);
        Assert.False(File.Exists(folder["ultimo.json"]));
    }
}
