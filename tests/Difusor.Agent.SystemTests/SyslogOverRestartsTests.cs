using System.Diagnostics;
using System.Text.Json.Nodes;
using Difusor.Agent.Linux.Control;
using Difusor.Agent.Publication;
using Difusor.Agent.SystemTests.Harness;
using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests;

/// <summary>
/// The published daemon and a real rsyslogd that is stopped, while events go on and the agent is restarted: by SIGTERM
/// as systemd does, and by SIGKILL. Each event is an operator's request through the control socket.
/// DIFUSOR_SYSLOG_EVENTS (500) is how many come while rsyslogd is away, DIFUSOR_SYSLOG_SECONDS (0) for how long it is
/// away at the least: <c>make syslog</c>.
/// </summary>
public sealed class SyslogOverRestartsTests
{
    const int Before = 50;
    static readonly int Events = Setting("DIFUSOR_SYSLOG_EVENTS", 500);
    static readonly TimeSpan Away = TimeSpan.FromSeconds(Setting("DIFUSOR_SYSLOG_SECONDS", 0));

    [Theory]
    [InlineData("tcp"), InlineData("tls")]
    public void EachEventArrivesInOrderThoughTheCollectorIsStoppedAndTheAgentRestarted(string transport)
    {
        using var rsyslog = new Rsyslogd(transport == "tls" ? LoopbackCertificate.Trusted : null).Start();
        using var agent = new RunningAgent(
            DateTimeOffset.UtcNow.AddDays(1), ["127.0.0.1:9", "127.0.0.2:9"],
            syslog: $"{transport}://localhost:{rsyslog.Port}",
            wrapper: ["env", $"SSL_CERT_FILE={LoopbackCertificate.Trusted.File}"]);
        agent.StartWhole();
        Request(agent, Before);
        rsyslog.Await(Before);

        rsyslog.Stop();
        var away = Stopwatch.StartNew();
        Request(agent, Events / 3);
        Assert.Equal(0, agent.Stop());
        agent.StartWhole();
        Request(agent, Events / 3);
        agent.Stop(Signum.SIGKILL);
        agent.StartWhole();
        var made = Request(agent, Events - 2 * (Events / 3), until: () => away.Elapsed >= Away) + 2 * (Events / 3);
        rsyslog.Start();
        var stopped = away.Elapsed;

        // Once more, while it is taking them over: what had not been received comes again, with the same seq.
        rsyslog.Await(Before + made / 2);
        agent.Stop(Signum.SIGKILL);
        agent.StartWhole();
        var journal = agent.Journal();
        var messages = rsyslog.Await(journal.Count);
        var arrived = messages.Select(Rsyslogd.Seq).Distinct().ToList();

        // The clock's own events may have come since the journal was read.
        Assert.InRange(arrived.Count, journal.Count, int.MaxValue);
        Assert.Equal(Enumerable.Range(1, arrived.Count).Select(seq => (long)seq), arrived);
        Assert.All(
            messages.GroupBy(Rsyslogd.Seq), repeats =>
            Assert.Single(repeats.Select(message => Rsyslogd.Field(message, "head")).Distinct()));
        Assert.Equal(Before + made, journal.Count(record => RunningAgent.Event(record) == "OPERATOR_ACTION"));
        var (code, output, errors) =
            Binary.Run("journal", "verify", "--from", agent.At("estado/journal"), "--syslog", rsyslog.Text, "--json");
        Assert.True(code == 0, output + errors);
        Assert.InRange((int)JsonNode.Parse(output)!["syslog"]!["records"]!, journal.Count, int.MaxValue);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{transport}: {journal.Count} records, {made} of them while rsyslogd was stopped for "
                + $"{stopped.TotalSeconds:0.0} s; {messages.Count} messages came, {messages.Count - arrived.Count} "
                + $"of them repeats; none lost, in order"));
    }

    /// <summary>So many events, and more until a condition holds; how many it were.</summary>
    static int Request(RunningAgent agent, int events, Func<bool>? until = null)
    {
        var made = 0;
        var began = Stopwatch.GetTimestamp();
        while (made < events || until?.Invoke() == false)
        {
            Assert.True(
                made < events || Stopwatch.GetElapsedTime(began) < Bounded.Patience,
                "awaited in vain: what the events were to bring about");
            Assert.Equal(OperatorOutcome.Done, ControlClient.Ask(agent.At("run"), new RetryRejected())?.Outcome);
            made++;
        }
        return made;
    }

    static int Setting(string name, int otherwise) =>
        int.TryParse(
            Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture,
            out var value) ? value : otherwise;
}
