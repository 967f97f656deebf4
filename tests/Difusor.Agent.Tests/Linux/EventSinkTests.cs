using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Linux.Syslog;
using Difusor.Agent.Tests.Journal;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// What any sink must do, whatever library it is made with: the agent believes what it says, and never sends again what
/// is settled.
/// </summary>
public abstract class EventSinkTests
{
    static readonly DateTimeOffset Opening = new(2021, 6, 7, 1, 0, 0, TimeSpan.Zero);

    /// <summary>Makes a collector that the sink under test can reach. It has not come yet.</summary>
    private protected abstract LoopbackCollector Collector();

    /// <summary>Makes the sink under test. It must be more patient than <see cref="Bounded"/>.</summary>
    private protected abstract IEventSink Open(LoopbackCollector collector);

    [Fact]
    public void ACollectorThatIsNotThereYetGetsAllOnceItComes()
    {
        using var collector = Collector();
        using var sink = Open(collector);
        Assert.ThrowsAny<IOException>(() => Hand(sink, from: 1, to: 5));
        Assert.Equal(0, sink.Settled);
        collector.Come();
        collector.Read();
        Hand(sink, from: 1, to: 5);
        Assert.Equal(5, sink.Settled);
        collector.Await(5);
    }

    [Fact]
    public void WhatACollectorHasNotReadWhenItVanishesIsNotSettled()
    {
        using var collector = Collector();
        collector.Come();
        collector.Read(3);
        using var sink = Open(collector);
        for (var seq = 1; seq <= 8; seq++) sink.Send(Notice(seq));
        collector.Await(3);
        collector.Vanish();
        Assert.ThrowsAny<IOException>(sink.Settle);
        Assert.InRange(sink.Settled, 0, 3);
        collector.Come();
        collector.Read();
        Hand(sink, sink.Settled + 1, to: 8);
        Assert.Equal(8, sink.Settled);
        collector.Await(8);
    }

    [Fact]
    public void WhatIsSentAfterACollectorHasReadAllAndGoneIsNotSettled()
    {
        using var collector = Collector();
        collector.Come();
        collector.Read();
        using var sink = Open(collector);
        sink.Send(Notice(1));
        collector.Await(1);
        collector.Vanish();
        Assert.ThrowsAny<IOException>(() => Hand(sink, from: 2, to: 2));
        Assert.InRange(sink.Settled, 0, 1);
        collector.Come();
        Hand(sink, sink.Settled + 1, to: 2);
        Assert.Equal(2, sink.Settled);
        collector.Await(2);
    }

    [Fact]
    public void ASlowCollectorWithAFullBufferIsWaitedForAndMissesNothing()
    {
        using var collector = Collector();
        collector.Come();
        using var sink = Open(collector);
        var feeder = new Feeder(sink, Large());
        Bounded.Until(() => feeder.IsHeldUp, "a full buffer");
        Assert.Equal(0, sink.Settled);
        feeder.Finish();
        collector.Read();
        Assert.Null(feeder.Ended());
        Assert.Equal(feeder.HandedOver, sink.Settled);
        collector.Await(sink.Settled);
    }

    [Fact]
    public void ASinkIsDisposedOfWhileItWaitsForASlowCollector()
    {
        using var collector = Collector();
        collector.Come();
        var sink = Open(collector);
        var feeder = new Feeder(sink, Large());
        Bounded.Until(() => feeder.IsHeldUp, "a full buffer");
        Bounded.Ended(Task.Run(sink.Dispose), "the end of the sink");
        Assert.IsAssignableFrom<IOException>(feeder.Ended());
        Assert.Equal(0, sink.Settled);
    }

    [Fact]
    public void ASinkIsDisposedOfWhileItWaitsForTheReceipt()
    {
        using var collector = Collector();
        collector.Come();
        var sink = Open(collector);
        var feeder = new Feeder(sink, Notice(1), most: 1);
        Bounded.Until(() => feeder.IsHeldUp, "the wait for the receipt");
        Bounded.Ended(Task.Run(sink.Dispose), "the end of the sink");
        Assert.IsAssignableFrom<IOException>(feeder.Ended());
        Assert.Equal(0, sink.Settled);
    }

    [Fact]
    public void AnEventLargerThanADatagramComesShortenedAndHoldsUpNothing()
    {
        using var collector = Collector();
        collector.Come();
        collector.Read();
        using var sink = Open(collector);
        sink.Send(Record(1, new ConfigReloaded("agent.yaml", Words(count: 3000, length: 1000))));
        sink.Send(Notice(2));
        sink.Settle();
        Assert.Equal(2, sink.Settled);
        collector.Await(2);
    }

    [Fact]
    public void AnAlertAndANoticeAreToldApart()
    {
        using var collector = Collector();
        collector.Come();
        collector.Read();
        using var sink = Open(collector);
        sink.Send(Record(1, new ConfigRejected("agent.yaml", 1, 1, "the opening is another", OpensChanged: true)));
        sink.Send(Notice(2));
        sink.Settle();
        collector.Await(2);
        Assert.Equal([new Heard(1, Severity.Alert), new Heard(2, Severity.Notice)], collector.Messages);
    }

    [Fact]
    public void WhatIsSettledNeverGoesBackNorAheadOfWhatWasHandedOverAndIsNeverMissing()
    {
        var random = new Random(1);
        using var collector = Collector();
        collector.Read();
        using var sink = Open(collector);
        var (isThere, settled, handedOver) = (false, 0L, 0L);
        for (var round = 0; round < 100; round++)
        {
            if (random.Next(3) == 0)
            {
                if (isThere) collector.Vanish();
                else collector.Come();
                isThere = !isThere;
            }
            var (next, end) = (Math.Max(settled, handedOver) + 1, random.Next(1, 8));
            try
            {
                for (var last = next + end; next < last; next++)
                {
                    sink.Send(Notice(next));
                    handedOver = next;
                }
                if (random.Next(2) == 0) sink.Settle();
                Assert.InRange(sink.Settled, settled, handedOver);
            }
            catch (IOException)
            {
                Assert.InRange(sink.Settled, settled, handedOver);
                handedOver = sink.Settled;
            }
            settled = sink.Settled;
            collector.Await(settled);
        }
        Assert.NotEqual(0, settled);
    }

    [Fact]
    public void AnotherSinkGoesOnAfterWhatTheFirstHadSettled()
    {
        using var collector = Collector();
        collector.Come();
        collector.Read();
        long settled;
        using (var first = Open(collector))
        {
            Hand(first, from: 1, to: 5);
            for (var seq = 6; seq <= 8; seq++) first.Send(Notice(seq));
            settled = first.Settled;
        }
        using var second = Open(collector);
        Assert.Equal(0, second.Settled);
        Hand(second, settled + 1, to: 10);
        Assert.Equal(10, second.Settled);
        collector.Await(10);
        // What was not settled comes twice at the most, and in order.
        var seqs = collector.Messages.Select(message => message.Seq).ToList();
        Assert.Equal(Enumerable.Range(1, 10).Select(seq => (long)seq), seqs.Distinct());
        Assert.All(seqs.CountBy(seq => seq), seq => Assert.InRange(seq.Value, 1, seq.Key > settled ? 2 : 1));
    }

    [Fact]
    public void AfterARestartTheForwarderBeginsWhereTheCollectorHasAll()
    {
        using var collector = Collector();
        using var journal = new JournalMaker(records: 12);
        using var folder = new TemporaryFolder();
        using var isAway = new ManualResetEvent(initialState: false);
        var position = folder["syslog.seq"];
        SyslogForwarder Forward(Action<string?> told)
        {
            var forwarder = new SyslogForwarder(journal.Reader, position, Open(collector), told);
            forwarder.Start();
            return forwarder;
        }

        using (Forward(problem => { if (problem is not null) isAway.Set(); }))
            Bounded.Set(isAway, "that the collector is away");
        collector.Come();
        collector.Read();
        using (Forward(_ => { })) collector.Await(12);
        var (settled, before) = (PositionIn(position), collector.Messages.Count);
        Assert.InRange(settled, 0, 12);
        using (var more = JournalFile.Open(journal.Path)) JournalMaker.Append(more, 3);
        using (Forward(_ => { })) collector.Await(15);
        Assert.Equal(settled + 1, collector.Messages[before].Seq);
    }

    static long PositionIn(string file) => File.ReadAllText(file) is { Length: > 0 } text ? long.Parse(text) : 0;

    static void Hand(IEventSink sink, long from, long to)
    {
        for (var seq = from; seq <= to; seq++) sink.Send(Notice(seq));
        sink.Settle();
    }

    static JournalRecord Record(long seq, AgentEvent happened) =>
        RecordLine.Write(happened, seq, JournalRecord.Genesis, Opening, Opening).Record;

    static JournalRecord Notice(long seq) => Record(seq, new ConfigReloaded("agent.yaml", ["language"]));

    /// <summary>As large as a message may be, so that a buffer is soon full.</summary>
    static JournalRecord Large() => Record(1, new ConfigReloaded("agent.yaml", Words(count: 20, length: 900)));

    static IReadOnlyList<string> Words(int count, int length) =>
        [.. Enumerable.Repeat(new string('x', length), count)];

    /// <summary>Hands one record over, again and again with the next number, on a thread of its own.</summary>
    sealed class Feeder
    {
        readonly Thread thread;
        IOException? fault;
        long handedOver;
        volatile bool isFinished;

        public Feeder(IEventSink sink, JournalRecord record, long most = long.MaxValue)
        {
            thread = new Thread(() => Feed(sink, record, most)) { Name = "feeder", IsBackground = true };
            thread.Start();
        }

        public long HandedOver => Interlocked.Read(ref handedOver);

        /// <summary>Whether it waits in the sink, after the connection was made.</summary>
        public bool IsHeldUp => HandedOver > 0 && thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin);

        /// <summary>Lets it hand over no more, and settle.</summary>
        public void Finish() => isFinished = true;

        /// <summary>Waits for its end.</summary>
        /// <returns>What the sink threw.</returns>
        public IOException? Ended()
        {
            Bounded.Ended(thread);
            return fault;
        }

        void Feed(IEventSink sink, JournalRecord record, long most)
        {
            try
            {
                while (!isFinished && HandedOver < most)
                {
                    sink.Send(record with { Seq = HandedOver + 1 });
                    Interlocked.Increment(ref handedOver);
                }
                sink.Settle();
            }
            catch (IOException thrown) { fault = thrown; }
        }
    }
}
