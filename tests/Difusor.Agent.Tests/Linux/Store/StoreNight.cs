using Difusor.Agent.Linux.Store;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Linux;

/// <summary>A store in a temporary folder, and packages as dictionaries of path and text.</summary>
sealed class StoreNight : IDisposable
{
    internal const string Notice = "<p>nada aún</p>\n", Withdrawn = "<p>retirada</p>\n";
    readonly TemporaryFolder folder = new();

    internal StoreNight()
    {
        Folders = new StoreFolders(folder["state"]);
        Store = Reopen();
    }

    internal StoreFolders Folders { get; }
    internal ReleaseStore Store { get; private set; }
    internal Recovery Recovery { get; private set; } = null!;
    internal DateTimeOffset Now { get; set; } = new(2021, 6, 7, 1, 0, 30, TimeSpan.Zero);

    internal ReleaseStore Reopen()
    {
        Store?.Dispose();
        Store = ReleaseStore.Open(Folders, out var problem) ?? throw new InvalidOperationException(problem?.Key);
        Recovery = Store.Recover(Notice, Withdrawn);
        return Store;
    }

    internal StagingTree Stage(IReadOnlyDictionary<string, string> files, string delivery = "PREP", bool ahead = false)
    {
        var tree = Store.Stage(delivery, Now, ahead);
        foreach (var (path, text) in files)
        {
            using var source = new MemoryStream(Encoding.UTF8.GetBytes(text));
            tree.Place(RelativePath.Own(path), source);
        }
        return tree;
    }

    internal Release Seal(int minute, IReadOnlyDictionary<string, string> files, bool future = false) =>
        Seal(Stage(files), minute, future);

    internal Release Seal(StagingTree tree, int minute, bool future = false) =>
        Store.Seal(tree, Accepted(tree, minute), Root.Public, future, Now);

    internal Release Publish(int minute, IReadOnlyDictionary<string, string> files)
    {
        Now += TimeSpan.FromMinutes(1);
        return Store.Publish(Seal(minute, files), Root.Public, Now);
    }

    internal static Verdict Accepted(IPackageContents contents, int minute) => new(
        "PREP", CorteAt(minute), "PREP_MEX", contents.Entries.Count, contents.Entries.Sum(entry => entry.Size),
        DigestAlgorithm.Sha256,
        PackageHuella.Of(contents.Entries), [], [], contents.Entries);

    internal static Corte CorteAt(int minute) =>
        new(new DateTimeOffset(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5)).AddMinutes(minute));

    internal static Dictionary<string, string> Site(int pages, string changed = "", int changedPages = 0)
    {
        var files = new Dictionary<string, string> { ["index.html"] = "inicio" + changed };
        for (var page = 0; page < pages; page++)
            files[string.Create(CultureInfo.InvariantCulture, $"seccion/{page:000}.html")] =
                $"sección {page}{(page < changedPages ? changed : "")}";
        return files;
    }

    /// <summary>What a reader of the docroot sees: path and text of every file behind <c>current</c>.</summary>
    internal Dictionary<string, string> Served() => Served("current");

    internal Dictionary<string, string> Served(string link)
    {
        var top = Path.Combine(Folders.Public, link) + "/";
        return Directory.EnumerateFiles(top, "*", SearchOption.AllDirectories)
            .ToDictionary(path => path[top.Length..], File.ReadAllText);
    }

    internal string MapText => File.ReadAllText(Path.Combine(Folders.Public, "current.map"));

    internal string[] VaultFiles => Directory.GetFiles(Folders.Vault, "*", SearchOption.AllDirectories);

    public void Dispose()
    {
        Store.Dispose();
        folder.Dispose();
    }
}
