using Difusor.Agent.Night;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>No HTML page of a published release shows the date and time of its corte.</summary>
public sealed record CorteUnseen(ReleaseId Release) : KeptSignal;

/// <summary>
/// Checks that a release's pages show its corte (call, I.11). Reads the pages nearest the top first, and only a limited
/// number of them.
/// </summary>
static class ShownCheck
{
    const int MostPages = 40, MostBytes = 1 << 20;

    /// <returns>False: pages were read, and none shows it.</returns>
    public static bool Shows(ExpectedRoot root, SealedTree tree)
    {
        var pages = tree.Record.Files.Where(file => HtmlName.Is(file.Path.Value)).OrderBy(file => file.Path.Depth)
            .ThenBy(file => file.Path.Value, StringComparer.Ordinal).Take(MostPages).ToList();
        if (pages.Count == 0) return true;
        using var folder = TreeLook.Open(root, tree, out _);
        if (folder is null) return true;
        var buffer = new byte[MostBytes];
        foreach (var page in pages)
        {
            using var file = folder.TryOpenFile(page.Path, out _);
            if (file is null) continue;
            var length = FileBytes.Fill(file, buffer, 0, page.Path.Value);
            if (CorteShown.In(Encoding.UTF8.GetString(buffer, 0, length), tree.Record.Release.Corte)) return true;
        }
        return false;
    }
}
