using Difusor.Agent.Cli;
using Difusor.Agent.Linux.Files;

namespace Difusor.Agent.Tests;

/// <summary>
/// The working copy that the tests were built from, for the tests that hold sources, data and documents together.
/// </summary>
static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Gets the types of the program: core, system calls, executable.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        .. typeof(Corte).Assembly.GetTypes(), .. typeof(SafeFolder).Assembly.GetTypes(),
        .. typeof(CommandLine).Assembly.GetTypes(),
    ];

    /// <summary>Lists the program's sources.</summary>
    public static IEnumerable<string> Sources() => SourcesBelow("agent");

    /// <summary>Lists the C# files below a folder, but for what is built there.</summary>
    public static IEnumerable<string> SourcesBelow(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)
                && !file.Contains("/bin/", StringComparison.Ordinal));

    static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Difusor.Agent.sln")) ? folder
            : Find(Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException("the tests run outside of a working copy"));
}
