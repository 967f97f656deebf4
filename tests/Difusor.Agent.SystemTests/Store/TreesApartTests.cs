using Difusor.Agent.Linux.Store;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests.Store;

public sealed class TreesApartTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TreesAreLaidApartSoThatRemovedOnesDoNotSlowTheNext()
    {
        var folders = new StoreFolders(Directory.CreateDirectory(folder["state"]).FullName);
        using var store = ReleaseStore.Open(folders, out _)!;
        store.Recover("<p>nada aún</p>\n");
        Assert.SkipUnless(Bounded.Run("chattr", "+T", folder.Path).ExitCode == 0, "only ext4 has this flag");
        Assert.Contains('T', Bounded.Run("lsattr", "-d", folders.Staging).Output.Split(' ')[0]);
    }
}
