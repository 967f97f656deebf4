using System.Net.Sockets;
using System.Text.RegularExpressions;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Syslog;
using Difusor.Agent.Tests.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Linux;

/// <summary>The agent's own sink, over each transport.</summary>
public abstract partial class SyslogSinkTests : EventSinkTests
{
    internal static readonly SyslogIdentity Identity =
        new(16, "host.example.mx", 77, TimeZoneInfo.Utc, "difusor@32473", Language.Es);

    private protected override IEventSink Open(LoopbackCollector collector) =>
        new SyslogSink(collector.Target, SyslogFormat.Rfc5424, Identity, Bounded.Patience * 10);

    private protected static Heard ReadRfc5424(string message) => Of(Rfc5424Message().Match(message));

    /// <summary>Takes what two groups have caught: PRI, of which the severity is the rest, and the number.</summary>
    private protected static Heard Of(Match message) => new(
        long.Parse(message.Groups["seq"].Value, CultureInfo.InvariantCulture),
        (Severity)(int.Parse(message.Groups["pri"].Value, CultureInfo.InvariantCulture) % 8));

    [GeneratedRegex("^<(?<pri>[0-9]+)>1 .*? \\[difusor@32473 seq=\"(?<seq>[0-9]+)\"", RegexOptions.Singleline)]
    private static partial Regex Rfc5424Message();
}

public sealed class UnixDatagramSinkTests : SyslogSinkTests
{
    private protected override LoopbackCollector Collector() =>
        new(SyslogTransportKind.Unix, SocketType.Dgram, ReadRfc5424);
}

public sealed class UnixStreamSinkTests : SyslogSinkTests
{
    private protected override LoopbackCollector Collector() =>
        new(SyslogTransportKind.Unix, SocketType.Stream, ReadRfc5424);
}

public sealed class TcpSinkTests : SyslogSinkTests
{
    private protected override LoopbackCollector Collector() =>
        new(SyslogTransportKind.Tcp, SocketType.Stream, ReadRfc5424);
}

/// <summary>A journald that has its own socket behind /dev/log.</summary>
public sealed partial class JournaldSinkTests : SyslogSinkTests
{
    private protected override LoopbackCollector Collector() =>
        new(SyslogTransportKind.Unix, SocketType.Dgram, message => Of(Entry().Match(message)));

    private protected override IEventSink Open(LoopbackCollector collector) => new SyslogSink(
        SyslogTarget.Read("unix:/dev/log")!, SyslogFormat.Auto, Identity, Bounded.Patience * 10,
        _ => collector.Target);

    [GeneratedRegex("^PRIORITY=(?<pri>[0-7])$.*^DIFUSOR_SEQ=(?<seq>[0-9]+)$",
        RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Entry();
}

/// <summary>UDP has no receipts, so it cannot pass the suite; it says what the host has told it.</summary>
public sealed class UdpSinkTests
{
    [Fact]
    public void AHostThatRefusesIsNotTakenForACollector()
    {
        var target = new SyslogTarget(SyslogTransportKind.Udp, "127.0.0.3", 9);
        using var journal = new JournalMaker(records: 1);
        using var sink = new SyslogSink(target, SyslogFormat.Auto, SyslogSinkTests.Identity);
        // The refusal is a packet of its own, which comes at some time.
        Bounded.Until(() => IsRefused(sink, journal.Recent(1)[0]), "a refusal");
    }

    static bool IsRefused(SyslogSink sink, JournalRecord record)
    {
        try
        {
            sink.Send(record);
            sink.Settle();
            return false;
        }
        catch (IOException) { return true; }
    }
}
