using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Drop;

namespace Difusor.Agent.Tests.Linux;

/// <summary>The memory of judged deliveries on disk: a verdict costs a line, whatever lies there already.</summary>
public sealed class JudgedMemoryFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string File => Path.Combine(folder.Path, "judged.jsonl");

    static JudgedDelivery One(string name, string fingerprint = "f", bool accepted = false) =>
        new(new RawPath(name), fingerprint, accepted);

    JudgedMemoryFile Loaded()
    {
        var memory = new JudgedMemoryFile(folder.Path);
        memory.Load();
        return memory;
    }

    [Fact]
    public void AVerdictAppendsALineAndLeavesWhatIsThere()
    {
        var memory = Loaded();
        for (var number = 0; number < 100; number++) memory.Add(One($"n{number}"));
        var before = System.IO.File.ReadAllBytes(File);
        var inode = Mono.Unix.UnixFileSystemInfo.GetFileSystemEntry(File).Inode;
        memory.Add(One("last"));
        Assert.Equal(before, System.IO.File.ReadAllBytes(File)[..before.Length]);
        Assert.Equal(inode, Mono.Unix.UnixFileSystemInfo.GetFileSystemEntry(File).Inode);
        Assert.True(Loaded().Holds(One("last")));
    }

    [Fact]
    public void TheLastLineOfANameCounts()
    {
        var memory = Loaded();
        memory.Add(One("n", "old"));
        memory.Add(One("n", "new", accepted: true));
        memory = Loaded();
        Assert.False(memory.Holds(One("n", "old")));
        Assert.True(memory.Holds(One("n", "new")));
        Assert.True(memory.WasAccepted(new RawPath("n")));
    }

    [Fact]
    public void ATornLastLineIsForgottenAndTheNextVerdictIsNot()
    {
        Loaded().Add(One("whole"));
        System.IO.File.AppendAllText(File, "{\"name\":\"torn\",\"finger");
        var memory = Loaded();
        Assert.True(memory.Holds(One("whole")));
        Assert.False(memory.Has(new RawPath("torn")));
        memory.Add(One("next"));
        memory = Loaded();
        Assert.True(memory.Holds(One("whole")));
        Assert.True(memory.Holds(One("next")));
    }

    [Fact]
    public void AnEntryThatIsJudgedForEverFillsNoDisk()
    {
        var memory = Loaded();
        for (var number = 0; number < 2 * JudgedMemoryFile.MostOutdated; number++) memory.Add(One("n", $"{number}"));
        Assert.InRange(System.IO.File.ReadAllLines(File).Length, 1, JudgedMemoryFile.MostOutdated + 2);
        Assert.True(Loaded().Holds(One("n", $"{2 * JudgedMemoryFile.MostOutdated - 1}")));
    }

    public void Dispose() => folder.Dispose();
}
