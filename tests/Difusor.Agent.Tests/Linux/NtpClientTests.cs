using System.Collections.Concurrent;
using System.Net;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Ntp;
using Difusor.Agent.Night;

namespace Difusor.Agent.Tests.Linux;

/// <summary>The agent's own client: all that any source must do, and how it treats names and addresses.</summary>
public sealed class NtpClientTests : NtpSourceTests
{
    protected override INtpSource Of(params string[] servers) => new NtpClient(servers);

    [Fact]
    public void ANameIsAskedAtEachAddressAndLookedUpAgainWhenAllFallSilent()
    {
        using LoopbackNtp server = LoopbackNtp.Honest(), other = LoopbackNtp.Honest();
        IPAddress[] addresses = [IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3")];
        var lookups = 0;
        var client = new NtpClient(
            [$"pool.example:{server.Port}", other.Name], _ => { lookups++; return Task.FromResult(addresses); });
        Assert.Equal(
            [ReplyKind.Unreachable, ReplyKind.Unreachable, ReplyKind.Answered],
            client.Ask().Replies.Select(reply => reply.Kind));
        client.Ask();
        Assert.Equal(1, lookups);
        addresses = [IPAddress.Loopback];
        client.Ask();
        Assert.Equal(2, lookups);
        Assert.Equal([ReplyKind.Answered, ReplyKind.Answered], client.Ask().Replies.Select(reply => reply.Kind));
    }

    [Fact]
    public void TheTimeThreadAsksAtOnceAndWhenHurried()
    {
        using LoopbackNtp a = LoopbackNtp.Honest(), b = LoopbackNtp.Honest();
        using var signals = new BlockingCollection<Signal>();
        var polling = new NtpPolling(new NtpClient([a.Name, b.Name]), TimeSpan.FromHours(1), signals.Add);
        polling.Start();
        var first = Assert.IsType<PollFinished>(Bounded.Next(signals, "a poll")).Poll;
        polling.Hurry();
        var second = Assert.IsType<PollFinished>(Bounded.Next(signals, "a poll")).Poll;
        polling.Stop();
        Assert.All(first.Replies.Concat(second.Replies), reply => Assert.Equal(ReplyKind.Answered, reply.Kind));
        Assert.True(second.Started.Raw > first.Finished.Raw);
    }

    [Fact]
    public void ALookupThatFailsIsNoUnexpectedError()
    {
        var unexpected = new ConcurrentQueue<Exception>();
        void Hear(object? sender, UnobservedTaskExceptionEventArgs forgotten) =>
            unexpected.Enqueue(forgotten.Exception);
        TaskScheduler.UnobservedTaskException += Hear;
        try
        {
            AskForNames();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        finally { TaskScheduler.UnobservedTaskException -= Hear; }
        Assert.DoesNotContain(unexpected, one => one.ToString().Contains(NoDns, StringComparison.Ordinal));
    }

    const string NoDns = "this host has no DNS";

    /// <summary>A method of its own: the tasks must be garbage once it has returned.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static void AskForNames()
    {
        var client = new NtpClient(
            ["one.example", "other.example"],
            async _ => { await Task.Yield(); throw new System.Net.Sockets.SocketException(11, NoDns); });
        Assert.All(client.Ask().Replies, reply => Assert.Equal(ReplyKind.Unresolved, reply.Kind));
    }

    [Fact]
    public void ANameWithoutAddressHoldsNobodyUp()
    {
        using var server = LoopbackNtp.Honest();
        var replies = new NtpClient([server.Name, "no-such-server.invalid"]).Ask().Replies;
        Assert.Equal([ReplyKind.Answered, ReplyKind.Unresolved], replies.Select(reply => reply.Kind));
    }
}
