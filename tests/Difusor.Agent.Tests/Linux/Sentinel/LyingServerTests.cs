using System.Net.Sockets;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Night;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// What a server that lies could do to whoever reads it, the probe and the heartbeat: each answer has one time and one
/// size.
/// </summary>
public sealed class LyingServerTests : IDisposable
{
    static readonly TimeSpan Bound = InTime.Bound;
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    readonly TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
    readonly ManualResetEventSlim over = new();
    readonly TaskCompletionSource called = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LyingServerTests() => listener.Start();

    public void Dispose()
    {
        over.Set();
        listener.Dispose();
    }

    string Address(string scheme = "http") => $"{scheme}://{listener.LocalEndpoint}/";

    /// <summary>
    /// Serves one connection after another: <paramref name="start"/>, then <paramref name="again"/> without end, until
    /// the other end goes.
    /// </summary>
    Task<long> Serve(string start, string again, int pause = 0) => Task.Run(() =>
    {
        var sent = 0L;
        using var connection = listener.AcceptSocket();
        called.SetResult();
        connection.SendTimeout = (int)Bound.TotalMilliseconds;
        try
        {
            sent += connection.Send(Encoding.Latin1.GetBytes(start));
            var piece = Encoding.Latin1.GetBytes(again);
            while (again.Length > 0 && !over.Wait(pause)) sent += connection.Send(piece);
            if (again.Length == 0) over.Wait(Bound);
        }
        catch (SocketException)
        {
            // The reader has gone away, as it should.
        }
        return sent;
    }, TestContext.Current.CancellationToken);

    Task<ProbeAnswer> Get(string scheme = "http", TimeSpan? patience = null) => InTime.Comes(Task.Run(() =>
    {
        using var reader = new WebReader(new Uri(Address(scheme)), patience ?? Patience);
        return reader.Get(null, 298);
    }, TestContext.Current.CancellationToken), "the reader's return");

    [Theory]
    // never a whole status line
    [InlineData("H", "", 0)]
    // one byte of a header after the other
    [InlineData("HTTP/1.1 200 OK\r\n", "x", 20)]
    // one header after the other
    [InlineData("HTTP/1.1 200 OK\r\n", "A: b\r\n", 20)]
    // headers without end
    [InlineData("HTTP/1.1 200 OK\r\n", "A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n", 0)]
    // one header without end
    [InlineData("HTTP/1.1 200 OK\r\nA: ", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 0)]
    // "go on" without end
    [InlineData("", "HTTP/1.1 100 Continue\r\n\r\n", 0)]
    // a chunk's head without end
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "xxxxxxxxxxxxxxxxxxxxxx", 0)]
    // a trailer without end
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: bbbbbbbbbbbbbbb\r\n", 0)]
    public async Task AnAnswerWithoutEndIsNoAnswer(string start, string again, int pause)
    {
        var serving = Serve(start, again, pause);
        var answer = await Get();
        Assert.Equal(0, answer.Status);
        Assert.NotNull(answer.Error);
        if (again.Length > 0) await InTime.Comes(serving, "the end of the connection");
    }

    [Fact]
    public async Task AServerThatNeverSpeaksTlsIsNoAnswer()
    {
        _ = Serve("", "");
        Assert.StartsWith("no whole answer within", (await Get("https")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARedirectThatLeadsToItselfIsNotFollowed()
    {
        var serving = Serve($"HTTP/1.1 302 Found\r\nLocation: {Address()}\r\nContent-Length: 0\r\n\r\n", "");
        Assert.Equal(302, (await Get(patience: Bound)).Status);
        Assert.False(listener.Pending());
        Assert.False(serving.IsCompleted);
    }

    [Fact]
    public async Task ABeatingHeartReadsNoBodyWithoutEnd()
    {
        var serving = Serve("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n", new string('x', 64 << 10));
        using var heartbeat = new Heartbeat(new UrlEvery(new Uri(Address()), TimeSpan.FromHours(1)));
        heartbeat.Tell(isWell: true, DateTimeOffset.UnixEpoch);
        // What the kernel's buffers take, and no more.
        Assert.InRange(await InTime.Comes(serving, "the end of the heartbeat's reading"), 1, 24 << 20);
    }

    [Fact]
    public async Task AHeartbeatThatEndsWaitsForNoServer()
    {
        var serving = Serve("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "x", 20);
        var heartbeat = new Heartbeat(new UrlEvery(new Uri(Address()), TimeSpan.FromHours(1)));
        heartbeat.Tell(isWell: true, DateTimeOffset.UnixEpoch);
        await InTime.Comes(called.Task, "the heartbeat's call");
        heartbeat.Dispose();
        await serving.WaitAsync(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ARoundThatASlowServerDrawsOutIsEndedAndToldAsItStands()
    {
        const int Files = 60;
        using var site = new PublishedSite();
        site.Publish(site.Seal(1, Enumerable.Range(0, Files).ToDictionary(at => $"{at:00}.html", _ => "x")));
        var served = 0;
        var serving = Task.Run(() =>
        {
            try
            {
                while (!over.IsSet)
                {
                    using var connection = listener.AcceptSocket();
                    var request = new byte[4096];
                    while (connection.Receive(request) > 0)
                    {
                        over.Wait(50);
                        Interlocked.Increment(ref served);
                        connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"u8);
                    }
                }
            }
            catch (SocketException)
            {
                // The test is over.
            }
        }, TestContext.Current.CancellationToken);
        using (new Prober(new UrlEvery(new Uri(Address()), TimeSpan.FromHours(1)), site.State, site.Signals.Add,
            TimeSpan.FromMilliseconds(200)))
        {
            Signal? told = null;
            for (var at = 0; told is not ProbeFinished; at++)
                Assert.True(at < 100 && site.Signals.TryTake(out told, Bound), "the round is not told");
            Assert.Null(((ProbeFinished)told).Finding);
            Assert.InRange(Volatile.Read(ref served), 2, Files - 1);
        }
        over.Set();
        listener.Dispose();
        await InTime.Comes(serving, "the server's end");
    }
}
