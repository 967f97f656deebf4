namespace Difusor.Agent.SystemTests.Harness;

/// <summary>The working copy that the tests were built from.</summary>
static class WorkingCopy
{
    static readonly string Root = Above(AppContext.BaseDirectory);

    /// <summary>Returns the full path of a file or folder of it.</summary>
    internal static string At(string path) => Path.Combine(Root, path);

    static string Above(string start) =>
        File.Exists(Path.Combine(start, "Difusor.Agent.sln")) ? start
            : Above(Path.GetDirectoryName(start) ?? throw new InvalidOperationException("no working copy"));
}
