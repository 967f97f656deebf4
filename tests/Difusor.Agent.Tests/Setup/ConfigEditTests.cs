using Difusor.Agent.Configuration;
using Difusor.Agent.Setup;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.Tests.Setup;

public class ConfigEditTests
{
    [Theory]
    [InlineData("election: x\nsyslog:\n  # why\n  target: \"unix:/dev/log\" # old\n  facility: local0\n",
        "election: x\nsyslog:\n  # why\n  target: NEW # old\n  facility: local0\n")]
    [InlineData("election: x\nsyslog: {target: 'unix:/dev/log', facility: local1}\n",
        "election: x\nsyslog: {target: NEW, facility: local1}\n")]
    [InlineData("election: x\nsyslog: {facility: local1, target: unix:/dev/log}\n",
        "election: x\nsyslog: {facility: local1, target: NEW}\n")]
    [InlineData("election: x\nsyslog:\n    facility: local1\n",
        "election: x\nsyslog:\n    target: NEW\n    facility: local1\n")]
    [InlineData("election: x\nsyslog: {facility: local1}\n", "election: x\nsyslog: {target: NEW, facility: local1}\n")]
    [InlineData("election: x\n", "election: x\nsyslog:\n  target: NEW\n")]
    [InlineData("election: x", "election: x\nsyslog:\n  target: NEW\n")]
    public void AValueIsSetAndAllElseStays(string before, string after)
    {
        var reading = SettingsReader.Read(Encoding.UTF8.GetBytes(before), "/etc/difusor-agent/agent.yaml");
        Assert.Empty(reading.Problems);
        Assert.Equal(after, ConfigEdit.Set(before, reading.Places, "syslog.target", "NEW"));
    }

    [Fact]
    public void AListIsReplacedWhole()
    {
        var before = "election: x\nsentinel:\n  probes: [{url: \"https://a/]\", every: 60s}]  # mine\n";
        var reading = SettingsReader.Read(Encoding.UTF8.GetBytes(before), "/etc/difusor-agent/agent.yaml");
        Assert.Equal(
            "election: x\nsentinel:\n  probes: []  # mine\n",
            ConfigEdit.Set(before, reading.Places, "sentinel.probes", "[]"));
    }

    [Fact]
    public void ADifferenceShowsWhatGoesAndWhatComes() =>
        Assert.Equal(
            ["@@ -1,6 +1,7 @@", " a", " b", " c", "-d", "+x", " e", "+y", " f"],
            LineDifference.Between("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nx\ne\ny\nf\n"));

    [Fact]
    public void ANewFileAndOneThatGoesAreShownWhole()
    {
        Assert.Equal(["@@ -0,0 +1,2 @@", "+a", "+b"], LineDifference.Between(null, "a\nb\n"));
        Assert.Equal(["@@ -1 +0,0 @@", "-a"], LineDifference.Between("a\n", null));
        Assert.Empty(LineDifference.Between("a\n", "a\n"));
    }

    /// <summary>The numbers of the second hunk were those of the first, and all between them was shown too.</summary>
    [Fact]
    public void ADifferenceIsWhatDiffSays()
    {
        var before = string.Concat(Enumerable.Range(1, 60).Select(number => $"{number}\n"));
        var after = before.Replace("\n5\n", "\n5a\n5b\n").Replace("\n30\n", "\n").Replace("\n58\n", "\n58x\n") + "61\n";
        using var folder = new TemporaryFolder();
        var (_, output, _) = Bounded.Run(
            "diff", "-u", folder.Write("before", before), folder.Write("after", after));
        Assert.Equal(
            output.Split('\n').Skip(2).SkipLast(1), LineDifference.Between(before, after));
        Assert.Equal(3, output.Split("@@ -").Length - 1);
    }

    /// <summary>
    /// Two edits of a long agent.yaml were shown with all that lies between them, under one wrong number.
    /// </summary>
    [Fact]
    public void ChangesFarApartAreShownEachWithItsOwnLines()
    {
        var lines = Enumerable.Range(1, 30).Select(number => $"{number}").ToList();
        var before = string.Join('\n', lines) + "\n";
        lines[4] = "five";
        lines.Insert(20, "more");
        Assert.Equal(
            [
                "@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8",
                "@@ -18,6 +18,7 @@", " 18", " 19", " 20", "+more", " 21", " 22", " 23",
            ],
            LineDifference.Between(before, string.Join('\n', lines) + "\n"));
    }
}
