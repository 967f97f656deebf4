
namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// A state folder in which the opening is proven and a first corte is live, made once by a real agent: what the tests
/// of faults, kills and operators start from without waiting for a gate each. An opening that was proven stands without
/// any time server.
/// </summary>
public sealed class OpenedNight : IDisposable
{
    const int Pages = 57; // 60 files with the index, the TXT and the HASH

    readonly string kept = Directory.CreateTempSubdirectory("difusor-night-").FullName;
    readonly Dictionary<string, string> first;

    public OpenedNight()
    {
        Opens = new DateTimeOffset(
            DateTimeOffset.UtcNow.AddHours(-2).Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute,
            TimeSpan.Zero);
        using Chronyd one = new(), two = new();
        using var agent = new RunningAgent(Opens, [one.Address, two.Address]).Start();
        agent.Await("GATE_OPENED");
        first = Whole(Package(20, "").Deliver(agent.Drop));
        agent.Await("CORTE_PUBLISHED");
        Assert.Equal(0, agent.Stop());
        Run("cp", "-a", agent.At("estado"), kept);
    }

    internal DateTimeOffset Opens { get; }

    /// <summary>
    /// A package so many minutes after the opening: 60 files, of which 20 hold <paramref name="text"/>.
    /// </summary>
    internal TestPackage Package(int minute, string text)
    {
        var package = new TestPackage(Opens.AddMinutes(minute), Pages);
        for (var page = 1; page <= Pages; page++)
            // with the index and the TXT: 20
            package.Files[$"seccion/{page:0000}.html"] = $"<p>sección {page}{(page <= 18 ? text : "")}</p>\n";
        return package;
    }

    /// <summary>An agent that has not been started, with a copy of that state.</summary>
    internal RunningAgent Agent(
        string[]? wrapper = null, string yaml = "", IEnumerable<string>? servers = null, string clock = "")
    {
        var agent = new RunningAgent(Opens, servers ?? ["127.0.0.1:9", "127.0.0.1:19"], yaml, wrapper, clock: clock);
        Restore(agent);
        return agent;
    }

    /// <summary>Puts the state back as it was; the journal's folder stays the one that is watched.</summary>
    internal void Restore(RunningAgent agent)
    {
        Run("rsync", "-aHI", "--delete", $"{kept}/estado/", agent.At("estado") + "/");
        agent.PassOver();
    }

    /// <summary>What a reader of <c>current</c> sees, byte for byte.</summary>
    /// <returns>"first", "second"; otherwise what is wrong.</returns>
    internal string Served(RunningAgent agent, TestPackage second)
    {
        if (!Directory.Exists(agent.Current + "/")) return "current leads nowhere";
        var served = Directory.EnumerateFiles(agent.Current + "/", "*", SearchOption.AllDirectories)
            .ToDictionary(path => path[(agent.Current.Length + 1)..], File.ReadAllText);
        return Same(served, first) ? "first" : Same(served, Whole(second)) ? "second"
            : $"neither package: {served.Count} files";
    }

    internal static bool MapAgrees(RunningAgent agent) =>
        File.ReadAllText(agent.At("estado/public/current.map")).TrimEnd() == "release " + Path.GetFileName(
            new DirectoryInfo(agent.Current).LinkTarget);

    internal static void Run(string program, params string[] arguments)
    {
        var (code, output, errors) = Bounded.Run(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {code} {output}{errors}");
    }

    public void Dispose() => Directory.Delete(kept, recursive: true);

    static Dictionary<string, string> Whole(TestPackage package) =>
        new(package.Files) { ["PREP.hash"] = package.Manifest() };

    static bool Same(Dictionary<string, string> left, Dictionary<string, string> right) =>
        left.Count == right.Count && left.All(file => right.GetValueOrDefault(file.Key) == file.Value);
}
