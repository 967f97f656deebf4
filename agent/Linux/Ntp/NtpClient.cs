using System.Net;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Linux.Ntp;

/// <summary>
/// Asks the configured servers, each name at all of its addresses, IPv4 and IPv6 (RFC 5905, RFC 8633).
/// </summary>
/// <param name="resolve">Looks up a name; null: the host's resolver.</param>
public sealed class NtpClient(IReadOnlyList<string> servers, Func<string, Task<IPAddress[]>>? resolve = null)
    : INtpSource
{
    /// <summary>How long to wait for answers: a slower one says little about the time anyway.</summary>
    static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LookupWithin = TimeSpan.FromMilliseconds(700);

    readonly ImmutableArray<NtpServer> known =
        [.. servers.Select(server => new NtpServer(server, resolve ?? Dns.GetHostAddressesAsync))];
    bool anyAnswered;

    /// <summary>
    /// Sends one request to each address, all at once. Returns when all have answered, or after about a second.
    /// </summary>
    public NtpPoll Ask()
    {
        Resolve();
        var started = HostClock.Read();
        var asked = new HashSet<IPEndPoint>();
        var exchanges = known.Select(server => (server, open: Open(server, asked))).ToImmutableArray();
        try
        {
            AwaitAnswers([.. exchanges.SelectMany(each => each.open)], started);
            var replies = exchanges.SelectMany(each => Replies(each.server, each.open)).ToImmutableArray();
            anyAnswered = replies.Any(reply => reply.Kind == ReplyKind.Answered);
            return new NtpPoll(replies, started, HostClock.Read());
        }
        finally
        {
            foreach (var exchange in exchanges.SelectMany(each => each.open)) exchange.Dispose();
        }
    }

    /// <summary>
    /// Looks up the names. If a resolver hangs, the poll does not wait for it; a later poll takes its answer.
    /// </summary>
    void Resolve()
    {
        foreach (var server in known) server.BeginLookupIfNone();
        var pending = known.Select(server => server.Lookup).OfType<Task>().ToArray();
        if (pending.Length > 0) Task.WhenAny(Task.WhenAll(pending).MayFail(), Task.Delay(LookupWithin)).Wait();
        foreach (var server in known) server.TakeLookup();
    }

    ImmutableArray<NtpExchange> Open(NtpServer server, HashSet<IPEndPoint> asked) =>
        [.. server.Due(all: !anyAnswered).Where(asked.Add).Select(address => new NtpExchange(server.Name, address))];

    static unsafe void AwaitAnswers(NtpExchange[] exchanges, ClockReading started)
    {
        var entries = stackalloc Native.PollEntry[exchanges.Length];
        var deadline = started.Raw + (long)AnswerWithin.TotalMilliseconds * 1_000_000;
        while (exchanges.Where(exchange => exchange.Reply is null).ToArray() is { Length: > 0 } open)
        {
            var left = (int)Math.Max(0, (deadline - HostClock.Read().Raw + 999_999) / 1_000_000);
            for (var at = 0; at < open.Length; at++)
                entries[at] = new() { Descriptor = open[at].Descriptor, Events = Native.PollIn };
            var ready = Native.poll(entries, (nuint)open.Length, left);
            if (ready < 0 && Stdlib.GetLastError() != Errno.EINTR) throw SystemFault.Last("poll", "the NTP sockets");
            foreach (var exchange in open) exchange.Receive();
            // Return even if datagrams still come: a flood without an answer must not go on for ever.
            if (left == 0) return;
        }
    }

    static IEnumerable<ServerReply> Replies(NtpServer server, ImmutableArray<NtpExchange> open)
    {
        foreach (var exchange in open)
        {
            server.Note(exchange.Address, exchange.ReplyOrSilence.Kind);
            yield return exchange.ReplyOrSilence;
        }
        if (!server.HasAddress) yield return new ServerReply(server.Name, "", ReplyKind.Unresolved);
        foreach (var address in server.Addresses.Except(open.Select(exchange => exchange.Address)))
            yield return new ServerReply(server.Name, address.ToString(), ReplyKind.NotAsked);
    }
}
