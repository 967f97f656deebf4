using System.Diagnostics;

namespace Difusor.Agent.SystemTests.Harness;

/// <summary>A source in C of this project, compiled here, for LD_PRELOAD.</summary>
sealed class PreloadedLibrary : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("preloaded-").FullName;

    public PreloadedLibrary(string name)
    {
        Path = $"{folder}/{name}.so";
        using var stream = typeof(PreloadedLibrary).Assembly.GetManifestResourceStream($"{name}.c")!;
        var start = new ProcessStartInfo("clang", ["-shared", "-fPIC", "-O1", "-x", "c", "-o", Path, "-", "-ldl"])
        {
            RedirectStandardInput = true,
        };
        using var compiler = Process.Start(start)!;
        stream.CopyTo(compiler.StandardInput.BaseStream);
        compiler.StandardInput.Close();
        Assert.Equal(0, Bounded.Ended(compiler));
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
