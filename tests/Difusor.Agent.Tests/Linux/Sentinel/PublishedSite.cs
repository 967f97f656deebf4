using System.Collections.Concurrent;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// A real public root with sealed releases, laid out as the store does, and what the sentinel posts about it.
/// </summary>
sealed class PublishedSite : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly Dictionary<ReleaseId, SealedTree> trees = [];
    ReleaseId? live;

    public PublishedSite()
    {
        Directory.CreateDirectory(this["releases"]);
        Directory.CreateDirectory(this["notice"]);
        File.WriteAllText(this["notice/index.html"], "<p>nada aún</p>");
        Assert.Equal(0, Syscall.chmod(this["notice/index.html"], (FilePermissions)0x1A4));
        Point(null);
    }

    public PublishedState State { get; } = new();
    public BlockingCollection<Signal> Signals { get; } = [];
    public string Root => folder["public"];
    public string this[string relative] => Path.Combine(folder["public"], relative);
    public string Outside(string relative) => folder[relative];
    public string InLive(string relative) => this[$"releases/{live!.Value.Value}/{relative}"];
    public ReleaseId Live => live!.Value;
    public SitePaths Paths => new(Root, this[$"releases/{Live}"], this["releases/20210606-2020-0001"], folder.Path);

    /// <summary>
    /// A sealed release; files that <paramref name="before"/> has with the same text are hard links to its.
    /// </summary>
    public ReleaseId Seal(int sequence, IReadOnlyDictionary<string, string> files, ReleaseId? before = null)
    {
        var corte = Corte.Read("2021-06-06T20:20:00-05:00")!.Value;
        var id = ReleaseId.For(corte, sequence);
        var sealedFiles = new List<ReleaseFile>();
        foreach (var (path, text) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            var target = this[$"releases/{id}/{path}"];
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (before is { } old && File.Exists(this[$"releases/{old}/{path}"])
                && File.ReadAllText(this[$"releases/{old}/{path}"]) == text)
                Assert.Equal(0, Syscall.link(this[$"releases/{old}/{path}"], target));
            else File.WriteAllText(target, text);
            Assert.Equal(0, Syscall.chmod(target, (FilePermissions)0x1A4));
            sealedFiles.Add(
                new ReleaseFile(
                RelativePath.Own(path), File.ReadAllBytes(target).Length, Digest.Sha256(File.ReadAllBytes(target)),
                0));
        }
        var release = new Release(
            id, sequence, "PREP", corte, "PREP", "", files.Count, 0, Difusor.Agent.Packages.Root.Public, false, 0,
            DateTimeOffset.UnixEpoch, []);
        trees[id] = new SealedTree(
            new ReleaseRecord(release, sealedFiles), Difusor.Agent.Packages.Root.Public, Syscall.geteuid());
        return id;
    }

    /// <summary>What the agent loop does: announce, swap, expect.</summary>
    public void Publish(ReleaseId id)
    {
        using (State.Changing())
        {
            Point(id);
            live = id;
            Expect();
        }
    }

    /// <summary>Back to the notice page, as before the first publication.</summary>
    public void Withdraw()
    {
        using (State.Changing())
        {
            Point(null);
            live = null;
            Expect();
        }
    }

    /// <summary>No longer expected, then removed.</summary>
    public void Remove(ReleaseId id)
    {
        trees.Remove(id);
        Expect();
        Directory.Delete(this[$"releases/{id}"], recursive: true);
    }

    public void Expect() =>
        State.Expect(
            new Expectation(
            [new ExpectedRoot(
            Difusor.Agent.Packages.Root.Public, Root, live, trees.ToImmutableDictionary(), Notice)]));

    static SealedTree Notice =>
        ExpectedRoot.NoticeTree(
        Difusor.Agent.Packages.Root.Public, Encoding.UTF8.GetBytes("<p>nada aún</p>"), Syscall.geteuid());

    public TreeWatch Watch()
    {
        var watch = new TreeWatch(State, Signals.Add);
        watch.Start();
        return watch;
    }

    /// <summary>Waits until the watch stands on all folders.</summary>
    public void UntilWatching() => Bounded.Until(() => State.Status.WatchedFolders > 0, "a watch on all folders");

    /// <summary>The next alterations that somebody posts.</summary>
    public TreeAltered NextAlteration() => Alterations("an alteration").First();

    /// <summary>What is posted from now on, until somebody has what he wants.</summary>
    public IEnumerable<TreeAltered> Alterations(string awaited) =>
        Bounded.Each(Signals, awaited).OfType<TreeAltered>().Where(altered => altered.Alterations.Length > 0);

    public void Dispose()
    {
        folder.Dispose();
        Signals.Dispose();
    }

    void Point(ReleaseId? id)
    {
        File.Delete(this[".current.new"]);
        File.CreateSymbolicLink(this[".current.new"], id is { } release ? $"releases/{release}" : "notice");
        Assert.Equal(0, Syscall.rename(this[".current.new"], this["current"]));
        File.WriteAllText(this[".current.map.new"], id is { } named ? $"release {named}\n" : "");
        Assert.Equal(0, Syscall.rename(this[".current.map.new"], this["current.map"]));
    }
}
