using Difusor.Agent.Cli;

namespace Difusor.Agent.Shipped;

/// <summary>Writes the generated pages into a working copy (<c>make shipped</c>).</summary>
static class Program
{
    static int Main(string[] arguments)
    {
        if (arguments is not [var root] || !File.Exists(Path.Combine(root, "Difusor.Agent.sln")))
        {
            Console.Error.WriteLine("usage: Difusor.Agent.Shipped WORKING-COPY");
            return (int)ExitCode.Usage;
        }
        foreach (var page in ShippedPages.Of(root))
        {
            var file = Path.Combine(root, page.Path);
            if (File.Exists(file) && File.ReadAllText(file) == page.Text) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, page.Text);
            Console.WriteLine($"written: {page.Path}");
        }
        return (int)ExitCode.Done;
    }
}
