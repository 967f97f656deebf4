using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;

namespace Difusor.Agent.Tests.Journal;

/// <summary>
/// Each way to tamper with a journal that we could think of; each is found, and the first line that does not fit is
/// named.
/// </summary>
public sealed class JournalTamperingTests : IDisposable
{
    readonly JournalMaker journal = new(records: 30);

    [Fact]
    public void AnUntouchedJournalIsWhole()
    {
        var audit = journal.Audit();
        Assert.Null(audit.Problem);
        Assert.Equal((30, 1, 30, 1), (audit.Records, audit.FirstSeq, audit.Seq, audit.Confirmed));
        Assert.True(journal.Files.Length >= 3);
    }

    [Fact]
    public void AnEditedLine()
    {
        Edit(0, line: 3, text => text.Replace("45678", "45679"));
        Expect(ChainBreak.Altered, "000001.jsonl", line: 3, seq: 3);
    }

    [Fact]
    public void AnEditedFirstLine()
    {
        Edit(0, line: 1, text => text.Replace("45678", "45679"));
        Expect(ChainBreak.Altered, "000001.jsonl", line: 1, seq: 1);
    }

    [Fact]
    public void AnEditedLastLine()
    {
        Edit(^1, line: journal.Lines(journal.Files.Length - 1).Length, text => text.Replace("45678", "45679"));
        Expect(ChainBreak.WitnessDiffers, Last, journal.Lines(journal.Files.Length - 1).Length, seq: 30);
    }

    [Fact]
    public void AnEditedLineWhoseSuccessorWasMadeToFit()
    {
        Edit(0, line: 3, text => text.Replace("45678", "45679"));
        var head = RecordLine.Head(System.Text.Encoding.UTF8.GetBytes(journal.Lines(0)[2]));
        Edit(0, line: 4, text => text[..(text.IndexOf("\"prev\"", StringComparison.Ordinal) + 8)] + head + "\"}");
        Expect(ChainBreak.Altered, "000001.jsonl", line: 4, seq: 4);
    }

    [Fact]
    public void ARemovedLine()
    {
        journal.Rewrite(0, journal.Lines(0).Where((_, index) => index != 4));
        Expect(ChainBreak.Missing, "000001.jsonl", line: 5, seq: 5);
    }

    [Fact]
    public void TheFirstLineRemoved()
    {
        journal.Rewrite(0, journal.Lines(0).Skip(1));
        Expect(ChainBreak.Missing, "000001.jsonl", line: 1, seq: 1);
    }

    [Fact]
    public void AFirstLineThatNamesAnotherBeforeIt()
    {
        Edit(0, line: 1, text => text.Replace(JournalRecord.Genesis, new string('1', 64), StringComparison.Ordinal));
        Expect(ChainBreak.Altered, "000001.jsonl", line: 1, seq: 1);
    }

    /// <summary>All later lines fit it: only that nothing comes before the first record tells.</summary>
    [Fact]
    public void AForgedBeginningThatTheWholeJournalWasMadeToFit()
    {
        var chain = new ChainVerifier(new Dictionary<long, Witness>());
        var (head, number) = (new string('1', 64), 0);
        bool follows;
        do
        {
            var (line, record) = RecordLine.Write(
                JournalMaker.Published(++number), number, head, null, JournalMaker.Opening);
            (head, follows) = (record.Head, chain.Follow("000001.jsonl", number, line));
        }
        while (follows && number < 5);
        chain.End();
        Assert.Equal((ChainBreak.Altered, 1, 1L), (chain.Problem?.Kind, chain.Problem?.Line, chain.Problem?.Seq));
    }

    [Fact]
    public void TwoLinesSwapped()
    {
        var lines = journal.Lines(0);
        (lines[4], lines[5]) = (lines[5], lines[4]);
        journal.Rewrite(0, lines);
        Expect(ChainBreak.Missing, "000001.jsonl", line: 5, seq: 5);
    }

    [Fact]
    public void ALineRepeated()
    {
        var lines = journal.Lines(0);
        journal.Rewrite(0, [.. lines[..5], .. lines[4..]]);
        Expect(ChainBreak.OutOfOrder, "000001.jsonl", line: 6, seq: 5);
    }

    [Fact]
    public void AForgedLineInserted()
    {
        var lines = journal.Lines(0);
        journal.Rewrite(0, [.. lines[..5], """{"seq":6,"at":null,"event":"GATE_OPENED","fields":{},"prev":"00"}""", .. lines[5..]]);
        Expect(ChainBreak.NotARecord, "000001.jsonl", line: 6, seq: 6);
    }

    [Fact]
    public void TheTailCutOff()
    {
        var last = journal.Files.Length - 1;
        var lines = journal.Lines(last);
        journal.Rewrite(last, lines[..^1]);
        Expect(ChainBreak.CutTail, Last, lines.Length - 1, seq: 30);
    }

    [Fact]
    public void TheLastFileRemoved()
    {
        var gone = journal.Lines(journal.Files.Length - 1).Length;
        File.Delete(journal.Files[^1]);
        Expect(ChainBreak.CutTail, Last, journal.Lines(journal.Files.Length - 1).Length, seq: 30 - gone + 1);
    }

    [Fact]
    public void AFileInTheMiddleRemoved()
    {
        var before = journal.Lines(0).Length;
        File.Delete(journal.Files[1]);
        Expect(ChainBreak.Missing, "000003.jsonl", line: 1, seq: before + 1);
    }

    [Fact]
    public void AFileReplacedByOneOfAnotherJournal()
    {
        using var other = new JournalMaker(records: 0);
        using (var writing = JournalFile.Open(other.Path, new JournalSizes(4000)))
            for (var i = 0; i < 30; i++)
                writing.Append(JournalMaker.Published(i + 1), null, JournalMaker.Opening.AddSeconds(i));
        File.Copy(other.Files[1], journal.Files[1], overwrite: true);
        var problem = journal.Audit().Problem;
        Assert.Equal("000002.jsonl", problem?.File);
        Assert.Equal(1, problem?.Line);
    }

    [Fact]
    public void ALineCutInItsMiddle()
    {
        Edit(0, line: 5, text => text[..100]);
        Expect(ChainBreak.NotARecord, "000001.jsonl", line: 5, seq: 5);
    }

    [Fact]
    public void OneSpaceAdded()
    {
        Edit(0, line: 5, text => text + " ");
        Expect(ChainBreak.Altered, "000001.jsonl", line: 5, seq: 5);
    }

    [Fact]
    public void AWholeJournalWrittenAnewAgreesWithItselfButNotWithSyslog()
    {
        var known = journal.Reader.Records()
            .ToDictionary(record => record.Seq, record => Witness.Of(record.Head, $"syslog:{record.Seq}"));
        using var forged = new JournalMaker(records: 0);
        using (var writing = JournalFile.Open(forged.Path))
            foreach (var record in journal.Reader.Records())
                writing.Append(
                    EventShapes.Event(
                    EventCode.CortePublished, record.Seq == 7 ? [] : (JsonObject)record.Fields.DeepClone()),
                    record.At, record.SystemAt);
        Assert.Null(forged.Audit().Problem);
        var audit = JournalAudit.Of(forged.Reader.Files(), known, forged.Reader.ReadHead());
        Assert.Equal(new ChainProblem(ChainBreak.WitnessDiffers, "000001.jsonl", 7, 7, "syslog:7"), audit.Problem);
    }

    public void Dispose() => journal.Dispose();

    string Last => Path.GetFileName(journal.Files[^1]);

    void Edit(Index file, int line, Func<string, string> edit)
    {
        var index = file.GetOffset(journal.Files.Length);
        var lines = journal.Lines(index);
        lines[line - 1] = edit(lines[line - 1]);
        journal.Rewrite(index, lines);
    }

    void Expect(ChainBreak kind, string file, int line, long seq)
    {
        var problem = journal.Audit().Problem;
        Assert.Equal((kind, file, line, seq), (problem?.Kind, problem?.File, problem?.Line, problem?.Seq));
    }
}
