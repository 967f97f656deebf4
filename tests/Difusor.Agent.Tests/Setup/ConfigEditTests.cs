using Difusor.Agent.Configuration;
using Difusor.Agent.Setup;

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
            ["@@ -2 +2 @@", " b", " c", "-d", "+x", " e", "+y", " f"],
            LineDifference.Between("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nx\ne\ny\nf\n"));
}
