namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>A package, packed by the tools that institutes have, and the verdict on it.</summary>
public sealed class PackingToolsTests
{
    public static TheoryData<string> Tools => [.. Packer.All.Select(packer => packer.Tool)];

    [Theory, MemberData(nameof(Tools))]
    public void WhatAToolPacksHasItsVerdict(string tool)
    {
        var packer = Packer.All.Single(one => one.Tool == tool);
        Assert.SkipUnless(packer.IsInstalled, $"{packer.Needs} is not installed");
        Assert.Equal(packer.Answer, packer.Measure());
    }

    /// <summary>The page has the rows that are measured here. What is not installed stands as it was.</summary>
    [Fact]
    public void TheTableOfThePageIsTheOneThatIsMeasured()
    {
        var rows = Packer.All.Select(packer => packer.Row(packer.IsInstalled ? packer.Measure() : packer.Answer))
            .ToList();
        foreach (var row in rows) TestContext.Current.TestOutputHelper?.WriteLine(row);
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/deliveries.md"));
        var section = page[page.IndexOf("\n## Archives\n", StringComparison.Ordinal)..].Split("\n## ")[1];
        Assert.Equal(
            rows, section.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1));
    }
}
