namespace Difusor.Agent.SystemTests.Store;

/// <summary>
/// Two packages of 60 files, 20 of them changed, and a store that has published the first: what the crash tests start
/// from, again and again. The driver (tests/Difusor.Agent.StoreDriver) stages, seals and publishes the second as the
/// daemon does.
/// </summary>
sealed class StoreScene : IDisposable
{
    internal const string FirstCorte = "2021-06-06T20:20:00-05:00", SecondCorte = "2021-06-06T20:40:00-05:00";
    const int Files = 60, Changed = 20;

    /// <summary>
    /// The calls that change a file system, or bring it to stable storage; an open that creates is followed by an
    /// fchmod.
    /// </summary>
    internal static readonly string[] Mutating =
    [
        "write", "fchmod", "chmod", "utimensat", "linkat", "rename", "renameat", "renameat2", "unlink", "unlinkat",
        "mkdir", "mkdirat", "symlink",
        "fsync", "syncfs", "copy_file_range", "ioctl",
    ];

    readonly string top;

    /// <param name="state">Where the store lies; null: beside the packages.</param>
    internal StoreScene(string? below = null, string? state = null)
    {
        top = below is null ? Directory.CreateTempSubdirectory("difusor-crash-").FullName
            : Directory.CreateDirectory(below).FullName;
        First = Package("20210606_2020_PREP_MEX", "");
        Second = Package("20210606_2040_PREP_MEX", " 20:40");
        State = state ?? Path.Combine(top, "state");
    }

    internal static string Driver =>
        Environment.GetEnvironmentVariable("DIFUSOR_STORE_DRIVER")
            ?? Path.Combine(AppContext.BaseDirectory, "difusor-store-driver");

    internal string First { get; }
    internal string Second { get; }
    internal string State { get; }
    internal string Trace => Path.Combine(top, "trace");

    internal void PublishFirst() => Must(Run([Driver, "publish", State, First, FirstCorte]));

    internal IEnumerable<string> PublishSecond => [Driver, "publish", State, Second, SecondCorte];

    /// <summary>Keeps the state as it is now, to start from it again.</summary>
    internal void Keep() => Must(Run(["cp", "-a", State, Path.Combine(top, "kept")]));

    internal void StartAgain()
    {
        Must(Run(["rm", "-rf", State]));
        Must(Run(["cp", "-a", Path.Combine(top, "kept"), State]));
    }

    /// <summary>The package that a reader of <c>current</c> sees, whole and byte for byte.</summary>
    /// <returns>"first" or "second"; otherwise what is wrong.</returns>
    internal string Served()
    {
        var current = Path.Combine(State, "public", "current") + "/";
        if (!Directory.Exists(current)) return "current leads nowhere";
        var served = Read(current);
        return Same(served, Read(First + "/")) ? "first" : Same(served, Read(Second + "/")) ? "second"
            : $"neither package: {served.Count} files, {string.Join(' ', Directory.GetFileSystemEntries(current))}";
    }

    /// <summary>The map names what the link leads to.</summary>
    internal bool MapAgrees() =>
        File.ReadAllText(Path.Combine(State, "public", "current.map")).TrimEnd()
        == "release " + Path.GetFileName(new DirectoryInfo(Path.Combine(State, "public", "current")).LinkTarget);

    internal bool SecondIsSealed() =>
        Directory.GetFiles(Path.Combine(State, "sealed"), "20210606-2040-*.json").Length > 0;

    internal static (int Status, string Output) Run(IEnumerable<string> command)
    {
        var (code, output, errors) = Bounded.Run(command.First(), [.. command.Skip(1)]);
        return (code, output + errors);
    }

    internal static void Must((int Status, string Output) ended) => Assert.True(ended.Status == 0, ended.Output);

    public void Dispose() => Run(["rm", "-rf", top]);

    string Package(string name, string changed)
    {
        var folder = Path.Combine(top, name);
        for (var file = 0; file < Files; file++)
        {
            var path =
                Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"seccion{file % 3}/{file:00}.html"));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, $"<p>sección {file}{(file < Changed ? changed : "")}</p>\n");
        }
        return folder;
    }

    static Dictionary<string, string> Read(string top) =>
        Directory.EnumerateFiles(top, "*", SearchOption.AllDirectories)
            .ToDictionary(path => path[top.Length..], File.ReadAllText);

    static bool Same(Dictionary<string, string> left, Dictionary<string, string> right) =>
        left.Count == right.Count && left.All(file => right.GetValueOrDefault(file.Key) == file.Value);
}
