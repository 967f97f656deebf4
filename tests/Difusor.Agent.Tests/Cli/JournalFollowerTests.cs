using Difusor.Agent.Cli.Rehearsal;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.Tests.Cli;

public sealed class JournalFollowerTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void OnlyWhatComesFromNowOnIsReadOverTwoFilesAndALineThatIsNotWholeYet()
    {
        var (first, second) = (folder["000001.jsonl"], Line(2));
        File.WriteAllText(first, Line(1));
        var follower = new JournalFollower(folder.Path);
        File.AppendAllText(first, second[..20]);
        Assert.Null(follower.Await(TimeSpan.Zero, _ => true));
        File.AppendAllText(first, second[20..]);
        Assert.Equal(2, follower.Await(TimeSpan.Zero, _ => true)?.Seq);
        File.AppendAllText(first, Line(3));
        File.WriteAllText(folder["000002.jsonl"], Line(4) + Line(5));
        Assert.Equal(5, follower.Await(TimeSpan.Zero, happened => happened is AgentStopped { Cause: "5" })?.Seq);
        Assert.Null(follower.Await(TimeSpan.Zero, _ => true));
    }

    static string Line(long seq)
    {
        var stopped = new AgentStopped($"{seq}", null);
        var (line, _) = RecordLine.Write(stopped, seq, JournalRecord.Genesis, null, DateTimeOffset.UnixEpoch);
        return Encoding.UTF8.GetString(line) + "\n";
    }
}
