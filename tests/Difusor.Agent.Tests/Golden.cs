namespace Difusor.Agent.Tests;

/// <summary>
/// Holds a long text against the one in <c>tests/data/golden</c>. With <c>DIFUSOR_GOLDEN=write</c> in the environment
/// the file is written: read the difference before you commit it.
/// </summary>
static class Golden
{
    public static void Holds(string name, string text)
    {
        var file = Path.Combine(Repository.Root, "tests/data/golden", name);
        if (Environment.GetEnvironmentVariable("DIFUSOR_GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
        var expected = File.Exists(file) ? File.ReadAllText(file) : "";
        if (expected == text) return;
        var (made, found) = (text.Split('\n'), expected.Split('\n'));
        var same = made.Zip(found).TakeWhile(line => line.First == line.Second).Count();
        Assert.Fail(
            $"{name}, line {same + 1}:\n  expected: {found.ElementAtOrDefault(same)}\n"
            + $"  made:     {made.ElementAtOrDefault(same)}\nIf that is meant: DIFUSOR_GOLDEN=write");
    }
}
