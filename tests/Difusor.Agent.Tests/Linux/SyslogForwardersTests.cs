using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Syslog;
using Difusor.Agent.Tests.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Linux;

/// <summary>Several targets, each with its own place in the journal.</summary>
public sealed partial class SyslogForwardersTests : IDisposable
{
    const string One = "unix:/dev/log", Other = "tls://siem.ejemplo.mx", Third = "tcp://siem.ejemplo.mx:601";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ATargetThatIsAwayHoldsUpNoOtherAndSaysWhy()
    {
        using var there = new LoopbackCollector(SyslogTransportKind.Unix, SocketType.Dgram, Read);
        there.Come();
        there.Read();
        using var journal = new JournalMaker(records: 5);
        string[] targets = [$"unix:{folder["nobody"]}", there.Target.ToString()];
        using var all = new SyslogForwarders(
            journal.Reader, folder.Path, targets,
            target => new SyslogSink(
                target, SyslogFormat.Rfc5424, SyslogSinkTests.Identity, Bounded.Patience * 10), (_, _) => { });
        all.Start();
        there.Await(5);
        Bounded.Until(
            () => all.Status(last: 5) is [{ Problem: not null }, { Pending: 0 }],
            "a receipt, and that nobody is there");
        var status = all.Status(last: 5);
        Assert.Equal((targets[0], 5L, "missing"), (status[0].Target, status[0].Pending, status[0].Problem));
        Assert.Equal(targets[1], status[1].Target);
        Assert.Null(status[1].Problem);
    }

    /// <summary>rsyslog was masked, and nothing said so before the first event of the night.</summary>
    [Fact]
    public void ACollectorThatGoesWhileNothingIsSentIsMissedAndSeenAgain()
    {
        using var there = new LoopbackCollector(SyslogTransportKind.Unix, SocketType.Dgram, Read);
        there.Come();
        there.Read();
        using var journal = new JournalMaker(records: 5);
        using var all = new SyslogForwarders(
            journal.Reader, folder.Path, [there.Target.ToString()],
            target => new SyslogSink(
                target, SyslogFormat.Rfc5424, SyslogSinkTests.Identity, Bounded.Patience * 10), (_, _) => { },
            idle: TimeSpan.FromMilliseconds(20));
        all.Start();
        Bounded.Until(() => all.Status(last: 5) is [{ Pending: 0, Problem: null }], "all of it at the collector");
        there.Vanish();
        Bounded.Until(() => all.Status(last: 5) is [{ Pending: 0, Problem: not null }], "that nobody is there");
        there.Come();
        there.Read();
        Bounded.Until(() => all.Status(last: 5) is [{ Problem: null }], "that somebody is there again");
    }

    /// <summary>After a start with nothing to send nobody had looked at a target.</summary>
    [Fact]
    public void ATargetIsLookedAtAfterAStartWithNothingToSend()
    {
        using var journal = new JournalMaker(records: 0);
        var told = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        using var all = new SyslogForwarders(
            journal.Reader, folder.Path, [$"unix:{folder["nobody"]}"],
            target => new SyslogSink(
                target, SyslogFormat.Rfc5424, SyslogSinkTests.Identity, Bounded.Patience * 10),
            (_, problem) => told.Enqueue(problem));
        all.Start();
        Bounded.Until(() => !told.IsEmpty, "that nobody is there");
        Assert.NotNull(Assert.Single(told));
    }

    [Fact]
    public void EachTargetGoesOnFromTheOnePlaceThatThereWas()
    {
        folder.Write("syslog.seq", "00000000000000000042\n");
        Prepare(One, Other);
        Assert.Equal((42L, 42L), (Place(One), Place(Other)));
        Assert.False(File.Exists(folder["syslog.seq"]));
    }

    /// <summary>Who mends the name of a collector wants it to have the night, and not what is left of it.</summary>
    [Fact]
    public void ATargetThatIsNamedInPlaceOfAWrongOneMissesNothing()
    {
        Prepare(One, Other);
        Move(One, 100);
        Move(Other, 5);
        Prepare(Third, One);
        Assert.Equal((5L, 100L), (Place(Third), Place(One)));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
        // The order means nothing, and a port that is the usual one neither.
        Prepare(One, Third);
        Assert.Equal((5L, 100L), (Place(Third), Place(One)));
        Assert.Equal(SyslogPlaces.FileOf(folder.Path, Target(Other)), SyslogPlaces.FileOf(
            folder.Path, Target(Other + ":6514")));
    }

    [Fact]
    public void EachReasonHasItsWords() => Assert.All(SyslogProblem.Codes, code =>
        Assert.True(Messages.Has($"check.syslog-is-{code}") && Messages.Has($"check.syslog-mend-{code}"), code));

    [Fact]
    public void TheReasonIsTheOneBehindTheFault()
    {
        var cases = new (Exception Cause, string Code)[]
        {
            (new AuthenticationException("UntrustedRoot"), "untrusted"), (new FileNotFoundException(), "missing"),
            (new SocketException((int)SocketError.ConnectionRefused), "refused"),
            (new SocketException((int)SocketError.HostNotFound), "unresolved"),
            (new SocketException((int)SocketError.NetworkUnreachable), "unreachable"),
            (new SocketException((int)SocketError.TimedOut), "silent"), (new TimeoutException(), "silent"),
            (new SocketException((int)SocketError.ConnectionReset), "lost"),
        };
        Assert.All(cases, each => Assert.Equal(each.Code, SyslogProblem.CodeOf(new IOException("", each.Cause))));
        Assert.Empty(cases.Select(each => each.Code).Except(SyslogProblem.Codes));
    }

    void Prepare(params string[] targets) => SyslogPlaces.Prepare(folder.Path, [.. targets.Select(Target)]);

    long Place(string target) => long.Parse(File.ReadAllText(SyslogPlaces.FileOf(folder.Path, Target(target))));

    void Move(string target, long seq)
    {
        using var place = new SyslogPosition(SyslogPlaces.FileOf(folder.Path, Target(target)));
        place.Move(seq);
    }

    static SyslogTarget Target(string text) => SyslogTarget.Read(text)!;

    static Heard Read(string message) => new(long.Parse(Number().Match(message).Groups[1].Value), Severity.Notice);

    [GeneratedRegex(" seq=\"([0-9]+)\"")]
    private static partial Regex Number();
}
