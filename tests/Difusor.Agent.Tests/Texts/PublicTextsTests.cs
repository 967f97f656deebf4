using System.Text.RegularExpressions;
using Difusor.Agent.Cli;

namespace Difusor.Agent.Tests.Texts;

/// <summary>
/// What goes out to people: pages, packages, messages. <c>packaging/lint</c> looks at the packages once they are built.
/// </summary>
public sealed partial class PublicTextsTests
{
    static readonly string[] Folders = ["docs", "packaging", "systemd", "agent/Core/Texts", "agent/Core/Sentinel/Page"];
    static readonly string[] Binaries = [".png"];

    static IEnumerable<string> Pages =>
        Directory.GetFiles(Repository.Root, "*.md").Concat(Folders.SelectMany(FilesBelow))
            .Where(file => !Binaries.Contains(Path.GetExtension(file)));

    /// <summary>
    /// An address that leads nowhere is worse than none: somebody who found a weakness writes to it and waits.
    /// </summary>
    [Fact]
    public void NoPageNamesAnAddressThatLeadsNowhere()
    {
        Assert.True(Pages.Count() > 50);
        Assert.DoesNotContain(
            Pages.SelectMany(File.ReadLines, (file, line) => $"{file}: {line.Trim()}"), line =>
            Nowhere().IsMatch(line));
    }

    [Fact]
    public void WhatOnlyTheOwnerCanSayStandsInOnePlaceAndTheSecurityPageLeadsThere()
    {
        var said = File.ReadLines(Path.Combine(Repository.Root, "packaging/owner"))
            .Where(line => line.Length > 0 && line[0] != '#');
        Assert.Equal(["security", "maintainer", "homepage"], said.Select(line => line.Split('=')[0]));
        var security = File.ReadAllText(Path.Combine(Repository.Root, "SECURITY.md"));
        Assert.Contains("packaging/owner", security, StringComparison.Ordinal);
        Assert.Contains("/usr/share/doc/difusor-agent/owner", security, StringComparison.Ordinal);
    }

    [Fact]
    public void TheVersionStandsInOnePlaceAndHasADatedSectionInTheChangeLog()
    {
        var log = File.ReadAllLines(Path.Combine(Repository.Root, "CHANGELOG.md"));
        var dated = log.Select(line => Section().Match(line)).Where(match => match.Success).ToList();
        Assert.Equal(CommandLine.Version, dated[0].Groups[1].Value);
        Assert.All(dated, match => Assert.True(IsDate(match.Groups[2].Value), match.Value));
        // The output of a real run shows the version that ran.
        var elsewhere = Pages.Where(file => Path.GetFileName(file) is not ("CHANGELOG.md" or "terminal.md")
            && File.ReadAllText(file).Contains(CommandLine.Version, StringComparison.Ordinal));
        Assert.Empty(elsewhere);
    }

    static string[] FilesBelow(string folder) =>
        Directory.GetFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories);

    static bool IsDate(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex(@"[a-z0-9]\.(example|invalid)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Nowhere();

    [GeneratedRegex(@"^## \[([0-9]+\.[0-9]+\.[0-9]+)\] - (.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Section();
}
