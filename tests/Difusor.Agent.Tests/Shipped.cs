namespace Difusor.Agent.Tests;

/// <summary>
/// Files of the working copy that are written from tables of the program. With DIFUSOR_WRITE=1 the tests write them
/// anew (<c>make shipped</c>).
/// </summary>
static class Shipped
{
    public static void Equal(string path, string expected)
    {
        var file = Path.Combine(Repository.Root, path);
        if (Environment.GetEnvironmentVariable("DIFUSOR_WRITE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, expected);
        }
        Assert.True(File.Exists(file), $"{path} is missing: make shipped");
        Assert.Equal(expected, File.ReadAllText(file));
    }
}
