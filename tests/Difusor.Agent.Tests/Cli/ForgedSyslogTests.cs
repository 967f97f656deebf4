using System.Text.Json.Nodes;
using Difusor.Agent.Cli;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.Tests.Cli;

/// <summary>What <c>journal verify --syslog</c> makes of lines that others have written in the agent's name.</summary>
public sealed class ForgedSyslogTests : IDisposable
{
    const int Agent = 998, Stranger = 1000;
    static readonly string OtherHead = new('f', 64);

    readonly TemporaryFolder folder = new();
    readonly Hearing hearing = new();
    readonly List<string> heads = [];
    readonly List<string> lines = [];

    public ForgedSyslogTests()
    {
        folder.Write("agent.yaml", "election: ieem-2021\npaths: {drop: d, receipts: r, state: s, run: run}\n");
        using var journal = JournalFile.Open(folder["s/journal"]);
        for (var record = 0; record < 4; record++)
            heads.Add(
                journal.Append(
                EventShapes.Event(
                EventCode.GateOpened, new() { ["opens_at"] = $"2021-06-06T20:00:0{record}-05:00" }), null,
                DateTimeOffset.UnixEpoch).Head);
    }

    [Fact]
    public void AForgedLineIsNamedAndBreaksNothing()
    {
        Genuine(1, 2);
        Marked(Stranger, 3, OtherHead);
        Genuine(3, 4);
        Marked(Stranger, 2, OtherHead);
        Marked(0, 99, OtherHead);
        Assert.Equal(ExitCode.Done, Verify());
        Assert.Contains(
            "agent's name: 3 (uid 1000, 0; the first is syslog:3; the agent's account is 998)", hearing.Output,
            StringComparison.Ordinal);
        Assert.Contains("Messages compared: 4", hearing.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AsJsonTheForgedLinesStandApart()
    {
        Genuine(1, 2);
        Marked(Stranger, 1, OtherHead);
        Assert.Equal(ExitCode.Done, Verify("--json"));
        var syslog = JsonNode.Parse(hearing.Output)!["syslog"]!;
        Assert.Equal("""{"messages":2,"records":2,"foreign":{"lines":1,"first":"syslog:3","agent_uid":998,"uids":[1000]}}""", syslog.ToJsonString());
    }

    /// <summary>
    /// Whoever rewrites the journal could also send lines that agree with it, from an account of their choice.
    /// </summary>
    [Fact]
    public void ARewrittenJournalIsFoundThoughLaterLinesOfAnotherAccountAgreeWithIt()
    {
        for (var seq = 1; seq <= 4; seq++) Marked(Agent, seq, OtherHead);
        for (var seq = 1; seq <= 4; seq++) Marked(Stranger, seq, heads[seq - 1]);
        Assert.Equal(ExitCode.No, Verify());
    }

    [Fact]
    public void ALineOfTheAgentsOwnAccountThatDisagreesIsAnAlarm()
    {
        Genuine(1, 4);
        Marked(Agent, 3, OtherHead);
        Assert.Equal(ExitCode.No, Verify());
    }

    /// <summary>A collector that does not mark lines shows of none that it is forged.</summary>
    [Fact]
    public void ALineWithoutAMarkThatDisagreesIsAnAlarm()
    {
        Genuine(1, 4);
        lines.Add(Line("", 3, OtherHead));
        Assert.Equal(ExitCode.No, Verify());
    }

    [Theory]
    [InlineData("uid=\"\" pid=\"\""), InlineData("uid=\"x\""), InlineData("uid=\"99999999999999999999\""),
        InlineData("uid=\"1000")]
    public void AMarkThatNamesNobodyIsNone(string mark)
    {
        Genuine(1, 4);
        lines.Add(Line($"[sender@32473 {mark}]", 3, OtherHead));
        Assert.Equal(ExitCode.No, Verify());
    }

    /// <summary>rsyslog writes its mark before what the sender wrote, wherever in the message that stands.</summary>
    [Fact]
    public void AForgedMarkDoesNotHideTheTrueOne()
    {
        Genuine(1, 4);
        lines.Add(
            Line($"[sender@32473 uid=\"{Stranger}\" pid=\"7\"][sender@32473 uid=\"{Agent}\" pid=\"1\"]", 3, OtherHead));
        lines.Add(
            Line($"[sender@32473 [sender@32473 uid=\"{Stranger}\" pid=\"7\"][sender@32473 uid=\"{Agent}\" pid=\"1\"]",
            3, OtherHead));
        Assert.Equal(ExitCode.Done, Verify());
        Assert.Contains("name: 2 (uid 1000;", hearing.Output, StringComparison.Ordinal);
    }

    /// <summary>A sender's file name stands in the agent's fields, after the head.</summary>
    [Fact]
    public void AMarkInASendersFileNameIsNoMark()
    {
        Genuine(1, 4);
        Marked(Agent, 3, OtherHead);
        lines[^1] = lines[^1].Replace(
            "] Se", $" package=\" [sender@32473 uid=\\\"{Stranger}\\\"\"] Se", StringComparison.Ordinal);
        lines.Add(
            Line("", 3, heads[2])
            .Replace("] Se", $" package=\" [sender@32473 uid=\"{Stranger}\" \"] Se", StringComparison.Ordinal));
        Assert.Equal(ExitCode.No, Verify());
    }

    [Fact]
    public void AFileOfForgedLinesAloneConfirmsNothing()
    {
        Marked(Stranger, 1, OtherHead);
        Marked(Agent, 1, heads[0]);
        Assert.Equal(ExitCode.No, Verify());
    }

    /// <summary>Two instances on one host write to one collector, each with numbers of its own.</summary>
    [Fact]
    public void LinesOfAnotherInstanceBreakNothing()
    {
        Genuine(1, 2);
        for (var seq = 1; seq <= 4; seq++) lines.Add(Of("segunda", Line("", seq, OtherHead)));
        Genuine(3, 4);
        Assert.Equal(ExitCode.Done, Verify());
        Assert.Contains("Messages compared: 4", hearing.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, Verify("--from", folder["s/journal"]));
    }

    [Fact]
    public void TheOtherInstanceFindsItsOwnLines()
    {
        File.Move(folder["agent.yaml"], folder["segunda.yaml"]);
        for (var seq = 1; seq <= 4; seq++) lines.Add(Of("segunda", Line("", seq, heads[seq - 1])));
        Genuine(1, 4);
        lines[^1] = Line("", 4, OtherHead);
        var file = folder.Write("syslog", string.Concat(lines.Select(line => line + "\n")));
        string[] command = ["journal", "verify", "--syslog", file, "--config", folder["segunda.yaml"]];
        Assert.Equal(ExitCode.Done, hearing.Run(command));
        lines[0] = Of("segunda", Line("", 1, OtherHead));
        folder.Write("syslog", string.Concat(lines.Select(line => line + "\n")));
        Assert.Equal(ExitCode.No, hearing.Run(command));
    }

    static string Of(string instance, string line) =>
        line.Replace("\"] Se", $"\" agent=\"{instance}\"] Se", StringComparison.Ordinal);

    [Fact]
    public void OfManyAccountsSomeAreNamedAndAllAreCounted()
    {
        Genuine(1, 4);
        for (var account = 2000; account < 2100; account++) Marked(account, 2, OtherHead);
        Assert.Equal(ExitCode.Done, Verify("--json"));
        var foreign = JsonNode.Parse(hearing.Output)!["syslog"]!["foreign"]!;
        Assert.Equal((100, ForeignLines.MostAccounts), ((int)foreign["lines"]!, foreign["uids"]!.AsArray().Count));
    }

    void Genuine(int from, int to)
    {
        for (var seq = from; seq <= to; seq++) Marked(Agent, seq, heads[seq - 1]);
    }

    void Marked(int uid, long seq, string head) =>
        lines.Add(Line($"[sender@32473 uid=\"{uid}\" pid=\"77\"]", seq, head));

    static string Line(string mark, long seq, string head) => string.Create(CultureInfo.InvariantCulture,
        $"<133>1 2021-06-06T20:00:00-05:00 host difusor-agent 77 GATE_OPENED {mark}[difusor@32473 seq=\"{seq}\" "
            + $"head=\"{head}\"] Se abrió");

    ExitCode Verify(params string[] more)
    {
        var file = folder.Write("syslog", string.Concat(lines.Select(line => line + "\n")));
        return hearing.Run(["journal", "verify", "--syslog", file, "--config", folder["agent.yaml"], .. more]);
    }

    public void Dispose() => folder.Dispose();
}
