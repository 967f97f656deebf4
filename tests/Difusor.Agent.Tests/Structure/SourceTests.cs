using System.Text.RegularExpressions;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using Difusor.Agent.Linux.Files;

namespace Difusor.Agent.Tests.Structure;

/// <summary>Holds the sources to the shape that DESIGN.md draws.</summary>
public sealed partial class SourceTests
{
    const int Widest = 120, Longest = 300;

    static readonly IReadOnlyList<string> Sources =
        [.. new[] { "agent", "tests", "tools" }.SelectMany(folder => Repository.SourcesBelow(folder))];

    [Theory]
    [InlineData(typeof(Corte), "Difusor.Agent.(*)")]
    [InlineData(typeof(SafeFolder), "Difusor.Agent.Linux.(*)")]
    public void NoFolderDependsOnOneThatDependsOnIt(System.Type inside, string folders)
    {
        var assembly = new ArchLoader().LoadAssemblies(inside.Assembly).Build();
        var rule = SliceRuleDefinition.Slices().Matching(folders).Should().BeFreeOfCycles();
        Assert.Empty(rule.Evaluate(assembly).Where(result => !result.Passed).Select(result => result.Description));
    }

    [Fact]
    public void NoLineIsLongerThan120Columns() => Assert.Empty(Sources.SelectMany(LongLines));

    [Fact]
    public void NoFileIsLongerThan300Lines() =>
        Assert.DoesNotContain(Sources, file => File.ReadLines(file).Count() > Longest);

    [Fact]
    public void TheNamespaceOfTheCoreIsItsFolder()
    {
        var core = Path.Combine(Repository.Root, "agent/Core") + "/";
        Assert.All(Repository.SourcesBelow("agent/Core"), file =>
        {
            var folder = Path.GetDirectoryName(file[core.Length..])!.Replace('/', '.');
            Assert.Contains(
                $"\nnamespace Difusor.Agent.{folder};\n", "\n" + File.ReadAllText(file), StringComparison.Ordinal);
        });
    }

    /// <summary>A row of <c>tests/mutants</c> that fits nothing says nothing about the tests.</summary>
    [Fact]
    public void EachMutantFitsTheSources()
    {
        var (exitCode, output, errors) = Bounded.Run(Path.Combine(Repository.Root, "tests/mutants"), "--check");
        Assert.True(exitCode == 0, output + errors);
    }

    [Fact]
    public void NoNameSaysOnlyThatSomethingIsDone() =>
        Assert.DoesNotContain(Sources, file => EmptyName().IsMatch(File.ReadAllText(file)));

    /// <summary>
    /// Returns the lines of a file that are too long. A text in three quotes has the lines that it has.
    /// </summary>
    static IEnumerable<string> LongLines(string file)
    {
        var (number, isText) = (0, false);
        foreach (var line in File.ReadLines(file))
        {
            number++;
            var quotes = line.Split("\"\"\"").Length - 1;
            if (!isText && quotes == 0 && line.Length > Widest) yield return $"{file}:{number}";
            if (quotes % 2 == 1) isText = !isText;
        }
    }

    [GeneratedRegex(@"\b(class|record|struct|interface) [A-Za-z]+(Manager|Helper|Util|Utils|Service)\b")]
    private static partial Regex EmptyName();
}
