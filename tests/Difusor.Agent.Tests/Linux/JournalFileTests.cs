using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Tests.Journal;

namespace Difusor.Agent.Tests.Linux;

public sealed class JournalFileTests : IDisposable
{
    readonly JournalMaker journal = new(records: 12);

    [Fact]
    public void ARecordReadsBackAsItWasWritten()
    {
        var record = journal.Recent(1).Single();
        Assert.Equal(
            (12, "CORTE_PUBLISHED", JournalMaker.Opening.AddSeconds(11)), (record.Seq, record.Event, record.At));
        Assert.Equal("PREP_MEX_12.zip", (string?)record.Fields["package"]);
        Assert.Equal(journal.Recent(2)[0].Head, record.Prev);
    }

    [Fact]
    public void TheKeysStandInTheOrderOfTheContract() =>
        Assert.Matches("""^\{"seq":1,"at":"2021-06-07T01:00:00.000000Z","system_at":"2021-06-07T01:00:00.100000Z","event":"CORTE_PUBLISHED","fields":\{.*\},"prev":"0{64}"\}$""",
            journal.Lines(0)[0]);

    [Fact]
    public void TheChainGoesOnOverARestartAndOverFiles()
    {
        using (var again = JournalFile.Open(journal.Path, new JournalSizes(4000)))
        {
            Assert.Equal(12, again.Seq);
            Assert.Null(again.Problem);
            JournalMaker.Append(again, 20);
        }
        Assert.True(journal.Files.Length > 2);
        Assert.Equal((32L, null), (journal.Audit().Records, journal.Audit().Problem));
        using var cursor = new JournalCursor(journal.Reader, after: 29);
        Assert.Equal(
            [30, 31, 32, null], [cursor.Next()?.Seq, cursor.Next()?.Seq, cursor.Next()?.Seq, cursor.Next()?.Seq]);
        Assert.Equal([31, 32], journal.Recent(2).Select(record => record.Seq));
    }

    [Fact]
    public void ALineOfBytesThatAreNoTextIsNoRecord()
    {
        var line = System.Text.Encoding.Latin1.GetBytes(
            journal.Lines(0)[0].Replace("PREP_MEX", "PREP\u00FFMEX", StringComparison.Ordinal));
        Assert.Null(RecordLine.Read(line));
    }

    [Theory]
    [InlineData("copia.jsonl"), InlineData("a.jsonl"), InlineData("999999.jsonl"), InlineData("٠٠٠٠٠٩.jsonl")]
    public void AFileThatAHandPutLastIsFollowedByOneThatComesAfterIt(string name)
    {
        File.Copy(journal.Files[^1], Path.Combine(journal.Path, name));
        File.Delete(journal.Files[^2]);
        using (var again = JournalFile.Open(journal.Path, new JournalSizes(500))) JournalMaker.Append(again, 20);
        Assert.Equal(32, journal.Recent(1).Single().Seq);
        Assert.Equal(
            Enumerable.Range(13, 20).Select(seq => (long)seq), journal.Recent(20).Select(record => record.Seq));
    }

    [Theory]
    [InlineData("{\"seq\":13,\"at\":null,\"syst")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("{\"seq\":13,\"at\n")]
    public void ATornLastLineIsSetAsideAndNeverGuessed(string torn)
    {
        File.AppendAllText(journal.Files[^1], torn);
        using (var again = JournalFile.Open(journal.Path, new JournalSizes(4000)))
        {
            Assert.Equal(torn, File.ReadAllText(again.SetAside!));
            Assert.Null(again.Problem);
            JournalMaker.Append(again, 1);
        }
        Assert.Equal((13L, null), (journal.Audit().Records, journal.Audit().Problem));
    }

    [Fact]
    public void ATailLostBehindTheAgentsBackStaysVisibleForEver()
    {
        var last = journal.Files.Length - 1;
        journal.Rewrite(last, journal.Lines(last)[..^1]);
        using (var again = JournalFile.Open(journal.Path, new JournalSizes(4000)))
        {
            Assert.Equal("records 12 to 12 are gone", again.Problem);
            JournalMaker.Append(again, 3);
        }
        Assert.Equal((ChainBreak.Missing, 12L), (journal.Audit().Problem?.Kind, journal.Audit().Problem?.Seq));
    }

    [Fact]
    public void AReaderPassesOverALineThatIsStillBeingWritten()
    {
        File.AppendAllText(journal.Files[^1], "{\"seq\":13,");
        Assert.Equal(12, journal.Reader.Records().Count());
        Assert.True(journal.Audit().Torn);
        Assert.Null(journal.Audit().Problem);
    }

    [Fact]
    public void ACursorFollowsTheWriterOverFilesAndMissesNothing()
    {
        using var cursor = new JournalCursor(journal.Reader, after: 0);
        using var writer = JournalFile.Open(journal.Path, new JournalSizes(4000));
        List<long> seen = [];
        for (var round = 0; round < 20; round++)
        {
            while (cursor.Next() is { } record) seen.Add(record.Seq);
            JournalMaker.Append(writer, round % 4);
        }
        while (cursor.Next() is { } record) seen.Add(record.Seq);
        Assert.Equal(Enumerable.Range(1, (int)writer.Seq).Select(seq => (long)seq), seen);
    }

    [Fact]
    public void NobodyElseMayReadIt()
    {
        Assert.All(
            journal.Files, file =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(journal.Path));
    }

    public void Dispose() => journal.Dispose();
}
